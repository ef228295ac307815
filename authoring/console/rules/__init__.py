"""Rules: the list, one rule in English and as a picture, and writing it."""
