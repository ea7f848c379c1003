"""Sapar: the international life of a university, from agreement to recognised credit to report."""

__version__ = "0.1.0"
