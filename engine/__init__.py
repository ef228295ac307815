"""What rules mean: the model, criteria, forward chaining, urgency, likely causes, the interview and why."""
