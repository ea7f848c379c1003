"""The certificate of a group visit, one for each visitor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from sapar.directory.queries import home_of
from sapar.files.bilingual import how_to_check, issuer, languages_of, said, same
from sapar.formats.papers import Facts, Grid, Paper, Paragraph, Signatures
from sapar.mobility.models import GroupVisit, VisitSession
from sapar.mobility.queries.visits import VisitorAttendance, sessions_of


def visit_certificate(
    visit: GroupVisit, row: VisitorAttendance, *, number: str, on: date, verify_url: str
) -> Paper:
    """Who visited whom from when to when, and the sessions at which the visitor was present."""
    languages = languages_of(visit.office)
    first, last = row.visitor.arrived_on or visit.starts_on, row.visitor.left_on or visit.ends_on
    home, partner = home_of(visit.office).name, visit.partner.name
    host, sender = (home, partner) if visit.direction == "in" else (partner, home)
    facts = {
        "person": row.visitor.person.display_name,
        "host": host,
        "first": f"{first:%d.%m.%Y}",
        "last": f"{last:%d.%m.%Y}",
    }
    sessions = list(sessions_of(visit))
    attended = [one for one, mark in zip(sessions, row.marks, strict=True) if mark == "present"]
    return Paper(
        languages=languages,
        issuer=issuer(visit.office, languages),
        title=said(languages, lambda: _("Certificate of a group visit")),
        blocks=(
            Paragraph(
                said(
                    languages,
                    lambda: (
                        _("This is to certify that %(person)s visited %(host)s from %(first)s to %(last)s.")
                        % facts
                    ),
                )
            ),
            Facts(
                (
                    (said(languages, lambda: _("Group")), same(languages, visit.title)),
                    (said(languages, lambda: _("Sending institution")), same(languages, sender)),
                    (said(languages, lambda: _("Leader")), same(languages, visit.leader_name)),
                    (
                        said(languages, lambda: _("Sessions attended")),
                        same(languages, f"{len(attended)} / {len(sessions)}"),
                    ),
                )
            ),
            *_attended(attended, languages),
            Signatures(((said(languages, lambda: _("For the international office")), "", ""),)),
        ),
        on=on,
        number=number,
        verify_url=verify_url,
        verify_words=how_to_check(languages),
    )


def _attended(sessions: Sequence[VisitSession], languages: Sequence[str]) -> list[Grid]:
    """The sessions as a table; none at all where nobody came to any."""
    if not sessions:
        return []
    return [
        Grid(
            heads=(
                said(languages, lambda: _("Day")),
                said(languages, lambda: _("Topic")),
                said(languages, lambda: _("Department")),
            ),
            rows=tuple((f"{one.held_on:%d.%m.%Y}", one.topic, one.unit.name) for one in sessions),
            widths=(1.2, 3, 3),
        )
    ]
