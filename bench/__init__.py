"""Measurements beside a peer; `python -m bench` runs them and writes docs/reference/benchmarks.md."""
