"""People, organisations, units, countries and territories, each with names as they really are."""
