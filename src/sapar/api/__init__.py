"""The door of a machine: REST under /api/v1/, described by OpenAPI, over the same services as the pages."""
