"""Pages of reports: every figure opens the records behind it."""
