"""What mobility does in the background. Tasks may run twice; each leaves the second time as it found it."""
