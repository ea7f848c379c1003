"""Views of stays."""
