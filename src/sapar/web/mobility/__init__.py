"""Pages of calls, applications and places, and of exchanges."""
