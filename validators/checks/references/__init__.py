"""Checks of the family `references`, one a file."""
