"""Putting agreements signed before on record, from the office's own list."""
