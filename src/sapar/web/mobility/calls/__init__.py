"""Calls, applications and places."""
