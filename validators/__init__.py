"""What is wrong, suspicious or proved about a knowledge base: checks, cases, coverage and proofs."""
