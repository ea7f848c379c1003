"""Exchange with other systems: webhooks now, Erasmus Without Paper behind the same services."""
