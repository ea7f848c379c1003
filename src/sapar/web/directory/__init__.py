"""People, organisations, faculties and courses."""
