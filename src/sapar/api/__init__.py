"""The door of a machine: REST with OpenAPI."""
