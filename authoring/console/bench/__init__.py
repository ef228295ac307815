"""The test bench: a patient’s answers, and what comes of them."""
