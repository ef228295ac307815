"""A synthetic reference population with low back pain: how often it alarms, and how long the interview is."""
