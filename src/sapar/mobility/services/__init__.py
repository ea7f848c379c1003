"""Decisions about mobility, split by noun."""
