"""How far the story of the demo has come, and how one signs in; without the story itself."""

from __future__ import annotations

from enum import StrEnum

PASSWORD = "sapar-demo-2026"  # noqa: S105 — printed on the screen by the demo


class Stage(StrEnum):
    PARTNERS = "partners"
    AGREEMENTS = "agreements"
    APPLICATIONS = "applications"
    PLACED = "placed"
    AWAY = "away"
    RETURNED = "returned"
    REPORTED = "reported"

    def reaches(self, other: Stage) -> bool:
        """This stage includes the other."""
        stages = list(Stage)
        return stages.index(self) >= stages.index(other)


class Size(StrEnum):
    OFFICE = "office"
    UNIVERSITY = "university"
    NATIONAL = "national"
