"""Algorithms on which people's chances, credits and published numbers depend.

Plain Python on numpy and scipy: no Django, database, clock, network or translation.
"""
