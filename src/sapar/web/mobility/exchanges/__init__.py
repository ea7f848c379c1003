"""Stays: nominations, learning agreements, transcripts, recognition."""
