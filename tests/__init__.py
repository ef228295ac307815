"""Tests of Algos; `random_kb` makes knowledge bases and people at random for all of them."""
