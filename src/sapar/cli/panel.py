"""`sapar panel`: a fair lottery over panels under quotas, its public draw, replacements, and teams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sapar.cli.panel_files import (
    draw_sheets,
    lottery_sheets,
    pairs,
    plan_sheets,
    quota_features,
    read_draw,
    read_pool,
    read_published,
    read_quotas,
    read_rooms,
    room_features,
)
from sapar.cli.tables import RefusedFiles, err, load, out, progress_bar, refusals, save, show, writable
from sapar.formats.tables import CellProblem, RefusedRows, TableError
from sapar.methods import sortition
from sapar.methods.progress import Progress

app = typer.Typer(no_args_is_help=True, help="Choose a fair panel by lot under quotas; seat teams.")

PoolFile = Annotated[Path, typer.Argument(help="People: id, perhaps household, and their features.")]
QuotaFile = Annotated[Path, typer.Argument(help="Quotas: feature, value, min, max.")]
Seats = Annotated[int, typer.Option("--seats", "-k", min=1, help="Seats of the panel.")]
Households = Annotated[bool, typer.Option("--one-per-household", help="By the column household.")]
Apart = Annotated[list[str] | None, typer.Option("--apart", help="A12,B07: never together. Repeatable.")]
Include = Annotated[list[str] | None, typer.Option("--include", help="An id that must sit. Repeatable.")]
Equal = Annotated[int, typer.Option(min=0, help="So many equally likely panels instead of tickets.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write .json, .xlsx or .csv as well.")]


class Rule(StrEnum):
    """What the lottery makes as great as possible."""

    leximin = "leximin"
    maximin = "maximin"
    nash = "nash"


RuleOption = Annotated[
    Rule,
    typer.Option(help="leximin raises every chance in turn, maximin the least, nash the geometric mean."),
]


@app.command()
def check(
    pool: PoolFile,
    quotas: QuotaFile,
    seats: Seats,
    one_per_household: Households = False,
    apart: Apart = None,
    include: Include = None,
    out_file: Out = None,
) -> None:
    """Can the quotas be met, and if not, what is the smallest change? Ends with 1 if they cannot.

    `--out` has quotas that can be met: those given, or changed as little as possible.
    """
    with refusals():
        writable(out_file)
        people, terms = _read(pool, quotas, seats, one_per_household, apart, include)
        _tell_unbounded(people, terms)
        with _progress("testing quotas"):
            found = sortition.feasibility(people, terms)
        sheet = [(q.feature, q.value, q.lower, q.upper) for q in found.relaxed.quotas]
        if out_file is not None:
            save(out_file, {"quotas": (("feature", "value", "min", "max"), sheet)})
        for short in found.shortages:
            quota = short.quota
            out.print(
                f"{quota.feature} = {quota.value}: {short.available} volunteered, {quota.lower} are asked for.",
                markup=False, highlight=False,
            )  # fmt: skip
        if found.feasible:
            out.print(f"All {len(terms.quotas)} quotas can be met with {len(people)} volunteers.")
            return
        columns = ("feature", "value", "min", "max", "new min", "new max")
        rows = [
            (c.quota.feature, c.quota.value, c.quota.lower, c.quota.upper, c.lower, c.upper)
            for c in found.changes
        ]
        out.print(f"No panel meets all quotas. The smallest change, {found.seats} in all:", highlight=False)
        show("Quotas to change", columns, rows)
        raise typer.Exit(1)


@app.command()
def lottery(
    pool: PoolFile,
    quotas: QuotaFile,
    seats: Seats,
    one_per_household: Households = False,
    apart: Apart = None,
    include: Include = None,
    rule: RuleOption = Rule.leximin,
    equal: Equal = 0,
    out_file: Out = None,
) -> None:
    """The fairest lottery: everybody's chance and the panels to publish before the draw."""
    with refusals():
        writable(out_file)
        people, terms = _read(pool, quotas, seats, one_per_household, apart, include)
        _tell_unbounded(people, terms)
        with _progress("choosing panels") as heard:
            found = sortition.lottery(people, terms, rule=rule.value, equal=equal, progress=heard)
        _tell(found, terms, out_file)


@app.command()
def draw(
    lottery_file: Annotated[Path, typer.Argument(help="What `sapar panel lottery --out` wrote as .json.")],
    seed: Annotated[str, typer.Option(help="The public seed: a number or words nobody could choose.")],
    out_file: Out = None,
) -> None:
    """Draw one of the published panels by a public seed; anyone can repeat it with sha256sum."""
    with refusals():
        writable(out_file)
        published = read_published(lottery_file).lottery
        drawn = sortition.draw(published.panels, published.pool_hash, seed)
        out.print(f"SHA-256 of the pool's hash, the panels' hash and the seed, a line each: {drawn.digest}")
        out.print(f"Ticket {drawn.ticket} of {drawn.tickets}: panel {drawn.number}", highlight=False)
        show(f"Panel {drawn.number}", ("id",), [(member,) for member in drawn.members])
        if out_file is not None:
            save(out_file, draw_sheets(drawn), beside=True)


@app.command()
def replace(
    pool: PoolFile,
    quotas: QuotaFile,
    seats: Seats,
    seated: Annotated[Path, typer.Option(help="The drawn panel: a table with the column id.")],
    gone: Annotated[list[str], typer.Option(help="An id that withdrew. Repeatable.")],
    one_per_household: Households = False,
    apart: Apart = None,
    rule: RuleOption = Rule.leximin,
    equal: Equal = 0,
    out_file: Out = None,
) -> None:
    """The lottery for seats that became free, by the same rule; those still seated stay."""
    with refusals():
        writable(out_file)
        people, terms = _read(pool, quotas, seats, one_per_household, apart, None)
        staying = _staying(seated, gone)
        with _progress("choosing panels") as heard:
            found, _rest, reduced = sortition.replacement(
                people, terms, seated=staying, gone=gone, rule=rule.value, equal=equal, progress=heard
            )
        _tell(found, reduced, out_file)


@app.command()
def verify(
    lottery_file: Annotated[Path, typer.Argument(help="The published lottery, written as .json.")],
    pool: PoolFile,
    quotas: QuotaFile,
    seats: Seats,
    one_per_household: Households = False,
    apart: Apart = None,
    include: Include = None,
    seated: Annotated[Path | None, typer.Option(help="For a replacement: the panel drawn before.")] = None,
    gone: Annotated[list[str] | None, typer.Option(help="For a replacement: who withdrew.")] = None,
    drawn: Annotated[Path | None, typer.Option(help="A draw of it, written as .json.")] = None,
) -> None:
    """Check a published lottery against the pool, and a draw against the lottery. Ends with 1 if anything is wrong."""
    with refusals():
        told = read_published(lottery_file)
        published = told.lottery
        people: Sequence[sortition.Person]
        people, terms = _read(pool, quotas, seats, one_per_household, apart, include)
        if seated is not None or gone:
            staying = [] if seated is None else _staying(seated, gone or [])
            people, terms = sortition.remaining(people, terms, seated=staying, gone=gone or [])
        wrong = [*told.misstated(terms), *sortition.audit(published, people, terms)]
        if drawn is not None:
            draw = read_draw(drawn)
            again = published.draw(draw.seed)
            if again != draw:
                wrong.append(
                    f"draw: the seed gives ticket {again.ticket} of {again.tickets}, panel {again.number}"
                )
        for one in wrong:
            out.print(one, markup=False, highlight=False)
        if wrong:
            out.print(f"{len(wrong)} faults found.", highlight=False)
            raise typer.Exit(1)
        out.print(
            f"All is right: the pool's hash, {len(published.panels)} panels, {len(published.chances)} chances, "
            f"the proof{'' if drawn is None else ', and the draw'}.",
            highlight=False,
        )


@app.command()
def teams(
    pool: PoolFile,
    rooms: Annotated[str, typer.Option(help="A number of teams, or a table: name, seats, features.")],
    seed: Annotated[int, typer.Option(help="Seed of the search.")],
    rounds: Annotated[int, typer.Option(min=1, help="Rounds.")] = 1,
    balance: Annotated[list[str] | None, typer.Option(help="A feature to spread evenly.")] = None,
    apart: Apart = None,
    together: Annotated[list[str] | None, typer.Option(help="A12,B07: always together.")] = None,
    moves: Annotated[int, typer.Option(min=0, help="Swaps to try.")] = 200_000,
    out_file: Out = None,
) -> None:
    """Seat everybody in teams, tables or rooms over several rounds: balanced, with few meeting twice."""
    with refusals():
        writable(out_file)
        numbered = rooms.isdecimal()
        asked = () if numbered else room_features(Path(rooms))
        people = read_pool(pool, tuple(dict.fromkeys([*(balance or []), *asked])))
        if numbered:
            number = int(rooms)
            if not 1 <= number <= len(people):
                raise TableError("panel.bad_rooms", "{rooms} teams for {people} people.",
                                 rooms=number, people=len(people))  # fmt: skip
            places = [
                sortition.Room(name=f"{at + 1}", seats=-(-len(people) // number)) for at in range(number)
            ]
        else:
            places = read_rooms(Path(rooms), asked)
        with _progress("seating") as heard:
            plan = sortition.teams(
                people,
                places,
                rounds=rounds,
                balance=tuple(balance or ()),
                apart=_couples(apart),
                together=pairs(together or [], "--together"),
                seed=seed,
                moves=moves,
                progress=heard,
            )
        for number, row in enumerate(plan.rounds, start=1):
            show(f"Round {number}", ("room", "people", "who"), [
                (room, len(inside), ", ".join(inside)) for room, inside in zip(plan.rooms, row, strict=True)
            ])  # fmt: skip
        measure = plan.measure
        out.print(
            f"Repeated meetings: {measure.repeated} (none can have fewer than {measure.repeated_bound}); "
            f"out of balance: {measure.imbalance}; pairs that never meet: {measure.unmet}.",
            highlight=False,
        )
        if out_file is not None:
            save(out_file, plan_sheets(plan), beside=True)


def _staying(seated: Path, gone: Sequence[str]) -> list[str]:
    return [identity for identity in load(seated, "id").column("id") if identity not in gone]


def _read(
    pool: Path,
    quotas: Path,
    seats: int,
    one_per_household: bool,
    apart: list[str] | None,
    include: list[str] | None,
) -> tuple[list[sortition.Person], sortition.Terms]:
    """The pool and the terms; faulty cells of both files are refused together."""
    faulty: dict[str, Sequence[CellProblem]] = {}
    terms = sortition.Terms(size=seats)
    try:
        terms = sortition.Terms(
            size=seats,
            quotas=read_quotas(quotas),
            one_per_household=one_per_household,
            apart=_couples(apart),
            include=tuple(include or ()),
        )
    except RefusedRows as refused:
        faulty[quotas.name] = refused.problems
    people: list[sortition.Person] = []
    try:
        people = read_pool(pool, quota_features(quotas), households=one_per_household)
    except RefusedRows as refused:
        faulty[pool.name] = refused.problems
    except TableError:
        # A feature of a faulty row may be no column of the pool.
        if not faulty:
            raise
    if faulty:
        raise RefusedFiles(faulty)
    return people, terms


def _couples(words: list[str] | None) -> tuple[tuple[str, str], ...]:
    groups = pairs(words or [], "--apart")
    return tuple(
        (a, b) for group in groups for at, a in enumerate(group) for b in group[at + 1 :]
    )  # fmt: skip


def _tell_unbounded(people: list[sortition.Person], terms: sortition.Terms) -> None:
    """A value without a quota is allowed, but it may be a misspelling."""
    bounded = {(quota.feature, quota.value) for quota in terms.quotas}
    held = {(feature, value) for person in people for feature, value in person.features.items()}
    for feature, value in sorted(held - bounded):
        err.print(f"{feature} = {value} has no quota.", style="yellow", markup=False, highlight=False)


def _tell(found: sortition.Lottery, terms: sortition.Terms, out_file: Path | None) -> None:
    rows = [(100 * level.chance, level.people) for level in found.levels]
    out.print(f"{len(found.chances)} volunteers for {terms.size} seats", highlight=False)
    show("Chances", ("chance, %", "people"), rows)
    out.print(
        f"Least chance {100 * found.minimum:.4f} %; no lottery gives everyone more than "
        f"{100 * found.bound:.4f} %.",
        highlight=False,
    )
    if (most := found.geometric_bound) is not None:
        out.print(
            f"Geometric mean of the chances {100 * found.geometric_mean:.4f} %; no lottery has more than "
            f"{100 * most:.4f} %.",
            highlight=False,
        )
    if found.impossible:
        err.print(
            f"No panel that meets the terms can hold: {', '.join(found.impossible)}.",
            style="yellow", markup=False, highlight=False,
        )  # fmt: skip
    out.print(f"{len(found.panels)} panels on {found.tickets} tickets", highlight=False)
    out.print(f"pool {found.pool_hash}", highlight=False)
    out.print(f"panels {sortition.panels_hash(found.panels)}", highlight=False)
    if out_file is not None:
        save(out_file, lottery_sheets(found, terms), beside=True)


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    with progress_bar(what) as bar:

        def heard(done: int, total: int, /) -> None:
            bar.update(bar.task_ids[0], completed=done, total=total)

        yield heard
