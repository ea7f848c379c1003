"""People: names in parts, likeness, candidates for duplicates."""

from sapar.methods.names.people.blocking import LeftOut
from sapar.methods.names.people.linking import (
    Duplicates,
    compare_people,
    compare_person_names,
    find_duplicates,
    link_people,
)
from sapar.methods.names.people.names import Order, PersonName, parse_person_name, patronymic_stem
from sapar.methods.names.people.records import Identical, NameMatch, Person, PersonDecision, PersonMatch

__all__ = [
    "Duplicates",
    "Identical",
    "LeftOut",
    "NameMatch",
    "Order",
    "Person",
    "PersonDecision",
    "PersonMatch",
    "PersonName",
    "compare_people",
    "compare_person_names",
    "find_duplicates",
    "link_people",
    "parse_person_name",
    "patronymic_stem",
]
