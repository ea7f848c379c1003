"""The public check of a paper by its QR code."""
