"""Measurements that anyone can repeat: `python -m benchmarks.engine_speed`, `python -m benchmarks.engine_soak`."""
