"""Invented content that shows each component once; it is not translated, the components around it are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sapar.web import components as c
from sapar.web.maps import WorldMap, world_map
from sapar.web.series import Series, series


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
    map: WorldMap
    series: Series | None
    tones: tuple[str, ...] = ("success", "warning", "error")


def finished_work() -> c.Work:
    return c.Work(
        "Matching the partner list",
        400,
        400,
        "Every row is matched.",
        finished=True,
        result=c.Action("Look at the matches", "#work"),
    )


def sample() -> Sample:
    return Sample(
        head=_head(),
        states=[
            c.State("draft", "draft"),
            c.State("in review", "active"),
            c.State("needs you", "needs"),
            c.State("with the partner", "waiting"),
            c.State("signed", "done"),
            c.State("expired", "ended"),
            c.State("refused", "danger"),
        ],
        actions=_actions(),
        groups=_groups(),
        related=_related(),
        moments=_moments(),
        tabs=[
            c.Tab("Agreement", "#tabs", current=True),
            c.Tab("Stays", "#tabs", count=41),
            c.Tab("Papers", "#tabs", count=3),
        ],
        steps=[
            c.Step("About you", "#steps", "done"),
            c.Step("Your studies", "#steps", "done"),
            c.Step("Where to", "#steps", "current"),
            c.Step("Papers"),
            c.Step("Check your answers"),
        ],
        answers=[
            c.Answer("Name as in the passport", "Asanova Meerim", "#answers"),
            c.Answer("Born", date(2005, 3, 7), "#answers"),
            c.Answer("First wish", "Tian-Shan Demo University, Almaty", "#answers"),
            c.Answer("Second wish", None, "#answers"),
        ],
        works=[
            c.Work("Giving the places", 6120, 10000, "Comparing the mechanisms."),
            finished_work(),
            c.Work(
                "Counting the year",
                40,
                100,
                failed=True,
                sentence="The count stopped. Nothing was changed; try again.",
            ),
        ],
        notices=[
            c.Notice("This version is frozen. A change makes a new version.", "info"),
            c.Notice("The agreement ends in 30 days and is not renewed by itself.", "needs", "Ends soon"),
            c.Notice("Three rows could not be read. They are in the file that comes back to you.", "danger"),
            c.Notice("Recognised in full: 30 of 30 credits.", "done"),
        ],
        empty=c.Empty(
            "No agreements yet",
            "Import your list of partners, or write the first agreement by hand.",
            c.Action("Import a list", "#empty", primary=True),
        ),
        letters="Өзгөн, Үркүн, Сыңар · Қазақстан, ғылым, ұлт, һәм · Oʻzbekiston, gʻalaba · Türkiye, Şırnak",
        first=date(2027, 3, 5),
        last=date(2027, 3, 9),
        map=world_map(
            "Partners by country",
            {"KG": 1, "KZ": 9, "UZ": 6, "TR": 4, "DE": 12, "SG": 1},
            lambda code: code,
            lambda code: f"#{code}",
        ),
        series=series(
            "Most stays begin in February",
            "Stays by the month in which they begin",
            {
                name: {date(2024 + n // 12, n % 12 + 1, 1): (n * step) % 11 for n in range(36)}
                for name, step in (("Outgoing", 4), ("Incoming", 7))
            },
        ),
    )


def _head() -> c.Head:
    return c.Head(
        kind="Exchange agreement",
        number="A-2026/014",
        title="Tian-Shan Demo University",
        state=c.State("with the rector", "waiting"),
        waiting="Waiting for Elmira Toktogulova, since 3 days",
        crumbs=[c.Crumb("Partners", "#head"), c.Crumb("Agreements", "#head")],
        next=c.Action("Remind the rector", "#head"),
        others=[
            c.Action("Download for negotiation", "#head", icon="file-text"),
            c.Action("Change the conditions", "#head", icon="pencil"),
            c.Action(
                "Withdraw",
                "/theme/",
                post=True,
                danger=True,
                icon="undo-2",
                asks="The partner will read that the proposal was withdrawn.",
            ),
        ],
    )


def _actions() -> list[c.Action]:
    return [
        c.Action("Sign and send to Almaty", "#actions", primary=True),
        c.Action("Save", "/theme/", post=True),
        c.Action(
            "Delete the draft",
            "/theme/",
            post=True,
            danger=True,
            asks="The draft cannot be brought back.",
        ),
    ]


def _groups() -> list[c.FactGroup]:
    return [
        c.FactGroup(
            "In force",
            [
                c.Fact("Partner", c.Link("Tian-Shan Demo University", "#facts"), "Almaty, KZ"),
                c.Fact("From", date(2026, 9, 1)),
                c.Fact("To", date(2031, 8, 31), "renews by itself"),
                c.Fact("Last word", datetime(2026, 10, 5, 9, 30, tzinfo=UTC)),
            ],
        ),
        c.FactGroup(
            "Exchange",
            [
                c.Fact("Places a year", c.Figure(12, "#facts", unit="students")),
                c.Fact("Used since 2021", c.Figure(12480, "#facts")),
                c.Fact("Mean stay", c.Figure(4.75, "#facts", 2, "months")),
                c.Fact("Language", None),
            ],
        ),
    ]


def _related() -> list[c.Related]:
    return [
        c.Related(
            "Stays",
            [
                c.RelatedRow("Asanova Meerim", "#related", "Medicine", c.State("away", "active")),
                c.RelatedRow("Ergashev Jahongir", "#related", "Economics", c.State("recognised", "done")),
            ],
            41,
            "#related",
        ),
        c.Related("Visits", [], 0, empty="Nobody has come yet.", add=c.Action("Plan a visit", "#related")),
    ]


def _moments() -> list[c.Moment]:
    return [
        c.Moment(
            datetime(2026, 10, 5, 9, 30, tzinfo=UTC),
            "Daniyar",
            "approved for the vice-rector",
            note="With the wish for two places in nursing.",
        ),
        c.Moment(
            datetime(2026, 10, 2, 14, 5, tzinfo=UTC),
            "Aigul",
            "changed the conditions",
            [c.Change("Places a year", "10", "12")],
        ),
        c.Moment(datetime(2026, 9, 28, 8, 0, tzinfo=UTC), "Aigul", "wrote the first draft"),
    ]
