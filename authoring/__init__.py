"""Everything a person touches: the console and the command line."""
