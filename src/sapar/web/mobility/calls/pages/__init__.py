"""What the pages of calls, applications and places show."""
