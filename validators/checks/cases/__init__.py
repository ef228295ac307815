"""Checks of the family `cases`, one a file."""
