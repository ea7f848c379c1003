"""Decisions about partnerships and agreements, split by noun."""
