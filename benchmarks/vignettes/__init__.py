"""Published patients with a known diagnosis and urgency, answered from their text without the diagnosis."""
