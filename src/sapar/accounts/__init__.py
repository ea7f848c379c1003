"""Offices (tenants), users, roles with scope, links for people without an account, consents."""
