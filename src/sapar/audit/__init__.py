"""Who did what, when: an append-only chain of entries that a command can verify."""
