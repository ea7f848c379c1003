"""Settings: one's own profile, the people of the office and their roles, tokens for machines."""
