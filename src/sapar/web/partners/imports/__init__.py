"""An office's own list, from the file to partners."""
