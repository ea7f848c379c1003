"""Lists that come with Sapar."""
