"""Checks of the family `review`, one a file."""
