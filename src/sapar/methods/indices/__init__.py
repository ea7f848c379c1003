"""Composite indicators: from raw numbers to ranks, with every choice open to question.

Follows the ten steps of the Handbook on Constructing Composite Indicators (OECD/JRC 2008).
"""
