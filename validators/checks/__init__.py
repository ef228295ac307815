"""The checks: one a file, by family, each with a bad and a good example that are its tests and its page."""
