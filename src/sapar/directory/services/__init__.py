"""Decisions about the directory, split by noun."""
