"""From an office's own list to partnerships, and back: bring, compare, decide, take, undo."""
