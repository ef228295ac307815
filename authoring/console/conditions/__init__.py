"""Conditions and their guides: reading, writing, and what a patient will see."""
