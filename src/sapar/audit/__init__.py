"""Who did what, when: an append-only chain of entries that a command can verify.

And what Sapar failed to do by itself, until somebody decides about it.
"""
