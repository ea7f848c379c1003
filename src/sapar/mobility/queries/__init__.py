"""Questions about mobility, split by noun."""
