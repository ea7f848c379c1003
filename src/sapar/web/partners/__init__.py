"""Pages of partners and agreements."""
