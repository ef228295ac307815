"""Checks of the family `units`, one a file."""
