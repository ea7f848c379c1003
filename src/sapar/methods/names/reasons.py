"""Why two things are taken for one, or not."""

from __future__ import annotations

from dataclasses import dataclass, field

from sapar.methods.errors import Scalar


@dataclass(frozen=True)
class Reason:
    """A coded fact that spoke for or against."""

    code: str
    facts: dict[str, Scalar] = field(default_factory=dict)
