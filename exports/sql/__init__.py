"""SQL for a warehouse: a knowledge base as one script of views over a table of answers, and rows for that table.

SQL's three-valued logic with NULL is strong Kleene logic, which is what criteria are: NULL is UNKNOWN.
"""
