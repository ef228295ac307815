"""What can never happen, what can, and which patients change: the rules as one Boolean circuit, given to a solver."""
