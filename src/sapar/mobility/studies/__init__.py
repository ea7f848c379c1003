"""Sheets of the student system: who studies what with which marks, and what the curricula hold."""
