"""Disclosure control: what a table, two releases of it, or a set of records give away about people."""

from sapar.methods.surveys.disclosure.anonymity import (
    AnonymityReport,
    Homogeneous,
    UnsafeClass,
    WithoutColumn,
    anonymity_report,
)
from sapar.methods.surveys.disclosure.attack import Audit, audit
from sapar.methods.surveys.disclosure.releases import (
    AFTER,
    BEFORE,
    RELEASES,
    Differences,
    Disclosed,
    differences,
    protect_release,
)
from sapar.methods.surveys.disclosure.rules import (
    Primary,
    combined,
    dominance,
    few_contributors,
    p_percent,
    small_bases,
    small_counts,
)
from sapar.methods.surveys.disclosure.suppression import Suppression, suppress
from sapar.methods.surveys.disclosure.tables import (
    Axis,
    Table,
    Tabulation,
    axis,
    table_of_leaves,
    tabulate,
)

__all__ = [
    "AFTER",
    "BEFORE",
    "RELEASES",
    "AnonymityReport",
    "Audit",
    "Axis",
    "Differences",
    "Disclosed",
    "Homogeneous",
    "Primary",
    "Suppression",
    "Table",
    "Tabulation",
    "UnsafeClass",
    "WithoutColumn",
    "anonymity_report",
    "audit",
    "axis",
    "combined",
    "differences",
    "dominance",
    "few_contributors",
    "p_percent",
    "protect_release",
    "small_bases",
    "small_counts",
    "suppress",
    "table_of_leaves",
    "tabulate",
]
