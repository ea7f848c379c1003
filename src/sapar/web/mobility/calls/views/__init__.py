"""Views of calls, applications and places."""
