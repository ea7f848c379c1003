"""What the pages of partners and agreements show."""
