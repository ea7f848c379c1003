"""Invented universities and people, made through the same services that the doors use.

Every name of a person is a chance combination; the home and partner universities do not exist.
"""
