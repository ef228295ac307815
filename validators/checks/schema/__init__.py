"""Checks of the family `schema`, one a file."""
