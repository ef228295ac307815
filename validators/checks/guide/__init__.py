"""Checks of the family `guide`, one a file."""
