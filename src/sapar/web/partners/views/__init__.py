"""Views of partners and agreements, split by what they are about."""
