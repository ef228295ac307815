"""The synthetic reference population: who they are, by written assumptions, and how many of them are alarmed."""
