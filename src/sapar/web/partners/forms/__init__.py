"""Forms of partners and agreements."""
