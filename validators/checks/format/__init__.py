"""Checks of the family `format`, one a file."""
