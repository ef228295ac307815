"""Review and release: what happens to a change between somebody's draft and a patient."""
