"""Stored files with versions and visibility; papers that can be verified by their QR code."""
