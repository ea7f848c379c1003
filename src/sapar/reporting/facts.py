"""What reporting announces."""

from __future__ import annotations

from dataclasses import dataclass

from sapar.core.announce import Fact


@dataclass(frozen=True, kw_only=True)
class ReportReady(Fact):
    """The figures of a report are counted."""

    office_id: int
    report_id: int


@dataclass(frozen=True, kw_only=True)
class ReportReleased(Fact):
    """A report was frozen as the word of the university."""

    office_id: int
    report_id: int


@dataclass(frozen=True, kw_only=True)
class ReportWithdrawn(Fact):
    """A release was taken back; its paper is revoked."""

    office_id: int
    report_id: int
