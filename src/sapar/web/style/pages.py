"""Invented content that shows each component once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.utils.translation import gettext as _

from sapar.web import components as c


@dataclass(frozen=True)
class Sample:
    head: c.Head
    states: list[c.State]
    actions: list[c.Action]
    groups: list[c.FactGroup]
    related: list[c.Related]
    moments: list[c.Moment]
    tabs: list[c.Tab]
    steps: list[c.Step]
    answers: list[c.Answer]
    works: list[c.Work]
    notices: list[c.Notice]
    empty: c.Empty
    letters: str
    first: date
    last: date


def finished_work() -> c.Work:
    return c.Work(
        _("Matching the partner list"),
        400,
        400,
        _("Every row is matched."),
        finished=True,
        result=c.Action(_("Look at the matches"), "#work"),
    )


def sample() -> Sample:
    return Sample(
        head=_head(),
        states=[
            c.State(_("draft"), "draft"),
            c.State(_("in review"), "active"),
            c.State(_("needs you"), "needs"),
            c.State(_("with the partner"), "waiting"),
            c.State(_("signed"), "done"),
            c.State(_("expired"), "ended"),
            c.State(_("refused"), "danger"),
        ],
        actions=_actions(),
        groups=_groups(),
        related=_related(),
        moments=_moments(),
        tabs=[
            c.Tab(_("Agreement"), "#tabs", current=True),
            c.Tab(_("Stays"), "#tabs", count=41),
            c.Tab(_("Papers"), "#tabs", count=3),
        ],
        steps=[
            c.Step(_("About you"), "#steps", "done"),
            c.Step(_("Your studies"), "#steps", "done"),
            c.Step(_("Where to"), "#steps", "current"),
            c.Step(_("Papers")),
            c.Step(_("Check your answers")),
        ],
        answers=[
            c.Answer(_("Name as in the passport"), "Asanova Meerim", "#answers"),
            c.Answer(_("Born"), date(2005, 3, 7), "#answers"),
            c.Answer(_("First wish"), "Tian-Shan Demo University, Almaty", "#answers"),
            c.Answer(_("Second wish"), None, "#answers"),
        ],
        works=[
            c.Work(_("Giving the places"), 6120, 10000, _("Comparing the mechanisms.")),
            finished_work(),
        ],
        notices=[
            c.Notice(_("This version is frozen. A change makes a new version."), "info"),
            c.Notice(
                _("The agreement ends in 30 days and is not renewed by itself."), "needs", _("Ends soon")
            ),
            c.Notice(
                _("Three rows could not be read. They are in the file that comes back to you."), "danger"
            ),
            c.Notice(_("Recognised in full: 30 of 30 credits."), "done"),
        ],
        empty=c.Empty(
            _("No agreements yet"),
            _("Import your list of partners, or write the first agreement by hand."),
            c.Action(_("Import a list"), "#empty", primary=True),
        ),
        letters="Өзгөн, Үркүн, Сыңар · Қазақстан, ғылым, ұлт, һәм · Oʻzbekiston, gʻalaba · Türkiye, Şırnak",
        first=date(2027, 3, 5),
        last=date(2027, 3, 9),
    )


def _head() -> c.Head:
    return c.Head(
        kind=_("Exchange agreement"),
        number="A-2026/014",
        title="Tian-Shan Demo University",
        state=c.State(_("with the rector"), "waiting"),
        waiting=_("Waiting for Elmira Toktogulova, since 3 days"),
        crumbs=[c.Crumb(_("Partners"), "#head"), c.Crumb(_("Agreements"), "#head")],
        next=c.Action(_("Remind the rector"), "#head"),
        others=[
            c.Action(_("Download for negotiation"), "#head", icon="file-text"),
            c.Action(_("Change the conditions"), "#head", icon="pencil"),
            c.Action(
                _("Withdraw"),
                "/theme/",
                post=True,
                danger=True,
                icon="undo-2",
                asks=_("The partner will read that the proposal was withdrawn."),
            ),
        ],
    )


def _actions() -> list[c.Action]:
    return [
        c.Action(_("Sign and send to Almaty"), "#actions", primary=True),
        c.Action(_("Save"), "/theme/", post=True),
        c.Action(
            _("Delete the draft"),
            "/theme/",
            post=True,
            danger=True,
            asks=_("The draft cannot be brought back."),
        ),
    ]


def _groups() -> list[c.FactGroup]:
    return [
        c.FactGroup(
            _("In force"),
            [
                c.Fact(_("Partner"), c.Link("Tian-Shan Demo University", "#facts"), "Almaty, KZ"),
                c.Fact(_("From"), date(2026, 9, 1)),
                c.Fact(_("To"), date(2031, 8, 31), _("renews by itself")),
                c.Fact(_("Last word"), datetime(2026, 10, 5, 9, 30, tzinfo=UTC)),
            ],
        ),
        c.FactGroup(
            _("Exchange"),
            [
                c.Fact(_("Places a year"), c.Figure(12, "#facts", unit=_("students"))),
                c.Fact(_("Used since 2021"), c.Figure(12480, "#facts")),
                c.Fact(_("Mean stay"), c.Figure(4.75, "#facts", 2, _("months"))),
                c.Fact(_("Language"), None),
            ],
        ),
    ]


def _related() -> list[c.Related]:
    return [
        c.Related(
            _("Stays"),
            [
                c.RelatedRow("Asanova Meerim", "#related", _("Medicine"), c.State(_("away"), "active")),
                c.RelatedRow(
                    "Ergashev Jahongir", "#related", _("Economics"), c.State(_("recognised"), "done")
                ),
            ],
            41,
            "#related",
        ),
        c.Related(
            _("Visits"), [], 0, empty=_("Nobody has come yet."), add=c.Action(_("Plan a visit"), "#related")
        ),
    ]


def _moments() -> list[c.Moment]:
    return [
        c.Moment(
            datetime(2026, 10, 5, 9, 30, tzinfo=UTC),
            "Daniyar",
            _("approved for the vice-rector"),
            note=_("With the wish for two places in nursing."),
        ),
        c.Moment(
            datetime(2026, 10, 2, 14, 5, tzinfo=UTC),
            "Aigul",
            _("changed the conditions"),
            [c.Change(_("Places a year"), "10", "12")],
        ),
        c.Moment(datetime(2026, 9, 28, 8, 0, tzinfo=UTC), "Aigul", _("wrote the first draft")),
    ]
