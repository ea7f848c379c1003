"""The ground under all apps: flow, policy, announcing, errors, encrypted fields. No tables.

This list is closed: a new module here needs a decision page.
"""
