"""Survey methods: design-based estimation, weights, quality, agreement and disclosure control."""
