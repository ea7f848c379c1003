"""From an office's own list to partnerships, and back: bring, compare, decide, take, undo.

Modules are imported one by one: the task of comparing stands between `bringing` and `comparing`.
"""
