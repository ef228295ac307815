"""What leaves a knowledge base: guides for patients, and everything else that others read or load."""
