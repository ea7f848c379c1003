"""What the pages of stays are filled with."""
