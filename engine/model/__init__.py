"""The records that a knowledge base is made of, one model each."""
