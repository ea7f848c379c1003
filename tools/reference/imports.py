"""Columns that Sapar understands in the files people bring, by every name it knows for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sapar.directory.services import courses
from sapar.mobility.earlier.columns import CALLED, StayField
from sapar.mobility.sheets import grades, transcripts, visitors
from sapar.mobility.studies.headers import COURSE_HEADERS, STUDENT_HEADERS
from sapar.partners.columns import ListField, names_of
from sapar.partners.signed.columns import CALLED as SIGNED
from sapar.partners.signed.columns import SignedField
from tools.reference.markdown import table

Names = Mapping[str, Iterable[str]]


def imports() -> str:
    partners = {str(field.label): names_of(field) for field in ListField}
    of_courses = {field: words.split(";") for field, words in courses.COLUMNS.items()}
    parts: Sequence[tuple[str, str, Names]] = (
        ("List of partners", "*Partners → Import*. One of name and other name is needed.", partners),
        ("Signed agreements", "*Partners → Agreements → Bring those signed already*. The partner and one of the"
         " days are needed.", {str(field.label): SIGNED[field.value] for field in SignedField}),
        ("Stays of earlier years", "*Exchange → Stays of earlier years*. A name, the partner and when are needed.",
         {str(field.label): CALLED[field] for field in StayField}),
        ("Students", "*Exchange → Marks and curricula*. The student number is needed, and one more of surname, year,"
         " GPA or debts.", STUDENT_HEADERS),
        ("Curricula of all programmes", "*Exchange → Marks and curricula*. Code, title and credits are needed.",
         COURSE_HEADERS),
        ("Courses of one programme", "*People → Faculties and courses*. Code, title and credits are needed.",
         of_courses),
        ("Transcript of records", "The page of a stay, or the partner’s link. Title, credits and mark are needed.",
         transcripts.CALLED),
        ("How often marks are given", "*Grade scales and rules*. Mark and count are needed.", grades.CALLED),
        ("Group of visitors", "The page of a group visit. The surname is needed.", visitors.CALLED),
    )  # fmt: skip
    return "\n\n".join(f"## {title}\n\n{where}\n\n{_table(names)}" for title, where, names in parts)


def _table(names: Names) -> str:
    rows = [
        (field.replace("_", " "), ", ".join(" ".join(one.split()) for one in known))
        for field, known in names.items()
    ]
    return table(("what", "names of the column"), rows)
