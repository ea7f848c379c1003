"""Institutions: one directory, many spellings."""

from sapar.methods.names.institutions.duplicates import InstitutionPair, find_duplicate_institutions
from sapar.methods.names.institutions.matching import InstitutionIndex
from sapar.methods.names.institutions.parsing import host
from sapar.methods.names.institutions.records import (
    Candidate,
    Decision,
    InstitutionQuery,
    InstitutionRecord,
)

__all__ = [
    "Candidate",
    "Decision",
    "InstitutionIndex",
    "InstitutionPair",
    "InstitutionQuery",
    "InstitutionRecord",
    "find_duplicate_institutions",
    "host",
]
