"""How fast the runtimes are on the starter knowledge base: `python -m benchmarks.runtime`."""
