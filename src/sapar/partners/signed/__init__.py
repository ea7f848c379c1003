"""Agreements signed before the office began with Sapar, as its own list has them."""
