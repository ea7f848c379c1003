"""Fair panels under quotas, and teams that mix well.

Panels: B. Flanigan, P. Gölz, A. Gupta, B. Hennig and A. D. Procaccia, "Fair algorithms for selecting citizens'
assemblies", Nature 596 (2021) 548–552, https://doi.org/10.1038/s41586-021-03788-6.
"""

from sapar.methods.sortition.draw import Draw, draw, panels_hash
from sapar.methods.sortition.feasibility import Change, Feasibility, Shortage, feasibility
from sapar.methods.sortition.leximin import Rule
from sapar.methods.sortition.lottery import (
    Level,
    Lottery,
    audit,
    broken_rules,
    lottery,
    remaining,
    replacement,
)
from sapar.methods.sortition.pool import Person, Quota, Terms, pool_hash
from sapar.methods.sortition.portfolio import Panel
from sapar.methods.sortition.seating import Meetings, Room
from sapar.methods.sortition.teams import Plan, teams

__all__ = [
    "Change",
    "Draw",
    "Feasibility",
    "Level",
    "Lottery",
    "Meetings",
    "Panel",
    "Person",
    "Plan",
    "Quota",
    "Room",
    "Rule",
    "Shortage",
    "Terms",
    "audit",
    "broken_rules",
    "draw",
    "feasibility",
    "lottery",
    "panels_hash",
    "pool_hash",
    "remaining",
    "replacement",
    "teams",
]
