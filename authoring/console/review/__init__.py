"""Review: a change as its reviewer sees it, with the proofs that run beside the page."""
