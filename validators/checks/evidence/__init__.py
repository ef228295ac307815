"""Checks of the family `evidence`, one a file."""
