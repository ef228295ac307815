"""Checks of the family `logic`, one a file."""
