"""Questions: wording, options, and how long the interview becomes."""
