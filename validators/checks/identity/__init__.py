"""Checks of the family `identity`, one a file."""
