"""The door of a person: pages."""
