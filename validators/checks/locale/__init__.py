"""Translations: that they are of the texts that stand there, and say the same numbers."""
