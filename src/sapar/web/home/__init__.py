"""The first pages: choice of office, desk, search."""
