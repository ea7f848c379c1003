"""Partnerships, agreements, yearly conditions, approvals, obligations."""
