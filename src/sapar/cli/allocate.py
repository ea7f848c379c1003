"""`sapar allocate`: places given, explained, verified, compared, refilled, dealt to faculties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sapar.cli.allocation_files import Record, criterion_of, read_offers, read_problem, rule_of
from sapar.cli.allocation_reasons import sentence
from sapar.cli.tables import err, hidden, load, out, progress_bar, refusals, save, show, writable
from sapar.formats.tables import Reader, Table
from sapar.methods import allocation as al
from sapar.methods.allocation.problem import LARGEST
from sapar.methods.progress import Progress

app = typer.Typer(
    no_args_is_help=True, help="Give places to applicants with ranked wishes, and prove that it was right."
)
MOST_SHOWN = 40
SHARES = ("faculty", "quota", "places", "tie")

Applicants = Annotated[
    Path, typer.Argument(help="applicant, score, wish 1, wish 2, …; other columns are facts.")
]
Offers = Annotated[
    Path, typer.Argument(help="offer, places; level, field, faculty, languages, funding, min …")
]
Reserves = Annotated[Path | None, typer.Option("--reserves", help="offer, reserve, places, fact, is, spill.")]
Kept = Annotated[
    Path | None, typer.Option("--kept", help="Places given before: applicant, offer, part, may rise.")
]
Minimum = Annotated[list[str] | None, typer.Option("--min", help="A condition for all: gpa=3.0.")]
Maximum = Annotated[list[str] | None, typer.Option("--max", help="A condition for all: months=12.")]
Ties = Annotated[
    list[str] | None,
    typer.Option("--tie", help="Fact that breaks ties: credits; the lower first: --tie=-age."),
]
Seed = Annotated[
    int, typer.Option("--seed", help="Seed of the lottery; announce it, or its source, beforehand.")
]
RecordFile = Annotated[Path, typer.Argument(help="The record written by `run --record`.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write .csv, .xlsx or .json as well.")]
NewRecord = Annotated[
    Path | None, typer.Option("--record", help="Write problem and result as JSON, to verify later.")
]


@contextmanager
def _placing() -> Iterator[Progress]:
    with progress_bar("Placing") as bar:
        task = bar.tasks[0].id

        def heard(done: int, total: int, /) -> None:
            bar.update(task, completed=done, total=total)

        yield heard


@app.command()
def run(
    applicants: Applicants,
    offers: Offers,
    seed: Seed,
    reserves: Reserves = None,
    kept: Kept = None,
    minimum: Minimum = None,
    maximum: Maximum = None,
    tie: Ties = None,
    mechanism: Annotated[al.Mechanism, typer.Option(help="How places are given.")] = (
        al.Mechanism.DEFERRED_ACCEPTANCE
    ),
    out_file: Out = None,
    record: NewRecord = None,
) -> None:
    """Give the places and say why."""
    with refusals():
        writable(out_file)
        _writable_record(record)
        problem = _problem(applicants, offers, reserves, kept, minimum, maximum, tie)
        with _placing() as progress:
            result = al.allocate(problem, mechanism=mechanism, seed=seed, progress=progress)
        _report(Record(problem, result), out_file, record)


@app.command()
def compare(
    applicants: Applicants,
    offers: Offers,
    seed: Seed,
    reserves: Reserves = None,
    kept: Kept = None,
    minimum: Minimum = None,
    maximum: Maximum = None,
    tie: Ties = None,
    out_file: Out = None,
) -> None:
    """What each mechanism would do with the same data."""
    with refusals():
        writable(out_file)
        problem = _problem(applicants, offers, reserves, kept, minimum, maximum, tie)
        lines = al.compare(problem, seed=seed)
        wishes = [f"wish {at}" for at in range(1, len(lines[0].by_wish) + 1)]
        columns = ["mechanism", "placed", "unplaced", *wishes, "envious", "see waste", "unused places"]
        rows = [
            [str(o.mechanism), o.placed, o.unplaced, *o.by_wish, o.envious, o.waste, o.unused] for o in lines
        ]
        show("Mechanisms on the same data", columns, rows)
        if out_file is not None:
            save(out_file, {"comparison": (columns, rows)})


@app.command()
def verify(record: RecordFile) -> None:
    """Prove or refute a stored result; the exit code is 1 when it is refuted."""
    with refusals():
        stored = Record.read(record)
        found = al.verify(stored.problem, stored.allocation)
    checks = [
        ("belongs to this problem", found.problem_matches),
        ("lottery numbers follow from the seed", found.lottery_matches),
        ("places are enough, kept places are kept", found.feasible),
        ("everyone placed is eligible", found.eligible),
        ("no place is empty that somebody ought to have", found.non_wasteful),
        ("nobody is rightly envious", found.envy_free),
        ("running it again gives the same", bool(found.reproduced)),
    ]
    show("Verification", ("claim", "holds"), [(claim, "yes" if holds else "NO") for claim, holds in checks])
    if found.violations:
        rows = [(one.code, one.applicant, one.offer, one.part) for one in found.violations[:MOST_SHOWN]]
        show("Violations", ("what", "applicant", "offer", "part"), rows)
    if found.blocking:
        pairs = [
            (o.applicant, o.offer, o.part, o.over or "an empty place") for o in found.blocking[:MOST_SHOWN]
        ]
        show("Unanswered claims", ("applicant", "offer", "part", "before"), pairs)
    if not (found.sound and found.stable):
        raise typer.Exit(1)


@app.command()
def explain(record: RecordFile, applicant: Annotated[str, typer.Argument(help="Whose wishes.")]) -> None:
    """The reasons of one applicant."""
    with refusals():
        stored = Record.read(record)
        reasons = al.explain(stored.problem, stored.allocation).of(applicant)
        show(applicant, ("wish", "offer", "answer"), [(o.wish, o.offer, sentence(o)) for o in reasons])


@app.command()
def refill(
    record: RecordFile,
    withdrawn: Annotated[list[str], typer.Option("--withdrawn", help="Who gave the place back.")],
    confirmed: Annotated[list[str] | None, typer.Option("--confirmed", help="Who confirmed.")] = None,
    willing: Annotated[
        list[str] | None, typer.Option("--willing", help="Who confirmed and agreed to a better wish.")
    ] = None,
    out_file: Out = None,
    new_record: NewRecord = None,
) -> None:
    """Give again what was given back; nobody loses anything."""
    with refusals():
        writable(out_file)
        _writable_record(new_record)
        stored = Record.read(record)
        with _placing() as progress:
            after = al.refill(
                stored.problem,
                stored.allocation,
                withdrawn=withdrawn,
                confirmed=confirmed or (),
                willing=willing or (),
                progress=progress,
            )
        rows = [(move.applicant, move.before or "–", move.after or "–") for move in after.moves]
        show("Changes", ("applicant", "before", "after"), rows)
        _report(Record(after.problem, after.allocation), out_file, new_record)


@app.command()
def split(
    claims: Annotated[Path, typer.Argument(help="faculty, weight, minimum, maximum.")],
    places: Annotated[int, typer.Option("--places", help="Places to deal out.")],
    rule: Annotated[al.SplitRule, typer.Option(help="How places are dealt.")] = (
        al.SplitRule.LARGEST_REMAINDER
    ),
    out_file: Out = None,
) -> None:
    """Deal university-wide places out to faculties."""
    with refusals():
        writable(out_file)
        wanted = _claims(load(claims, "faculty", "weight", filled=True))
        shares = al.split(places, wanted, rule=rule)
        rows = [(one.code, one.quota, one.places, "yes" if one.tied else "") for one in shares]
        show(f"{places} places by {rule}", SHARES, rows)
        if out_file is not None:
            save(out_file, {"shares": (SHARES, rows)})


@app.command()
def deal(
    offers: Offers,
    claims: Annotated[Path, typer.Argument(help="faculty, weight, minimum, maximum.")],
    out_file: Annotated[Path, typer.Option("--out", "-o", help="The reserves, ready for `run --reserves`.")],
    rule: Annotated[al.SplitRule, typer.Option(help="How places are dealt.")] = (
        al.SplitRule.LARGEST_REMAINDER
    ),
    fact: Annotated[str, typer.Option(help="Which fact of applicants names the faculty.")] = "faculty",
    strict: Annotated[
        bool, typer.Option("--strict", help="Places that a faculty does not use stay empty.")
    ] = False,
) -> None:
    """Deal the places of all offers out to faculties, as reserved places of each offer."""
    with refusals():
        writable(out_file)
        wanted = _claims(load(claims, "faculty", "weight", filled=True))
        spill = () if strict else (al.OPEN,)
        given = read_offers(offers)
        # One programme, which cannot say how far it is: the bar only moves.
        with progress_bar("Dealing"):
            shares, dealt = al.deal(given, wanted, rule=rule, fact=fact, spill=spill)
        show("Faculties", SHARES, [(o.code, o.quota, o.places, "yes" if o.tied else "") for o in shares])
        columns = ("offer", "reserve", "places", "fact", "is", "spill")
        rows = [
            (offer.code, reserve.code, reserve.places, fact, reserve.code, "none" if strict else al.OPEN)
            for offer in dealt
            for reserve in offer.reserves
        ]
        show("Reserved places", columns, rows[:MOST_SHOWN])
        save(out_file, {"reserves": (columns, rows)})


def _claims(table: Table) -> list[al.Claim]:
    reader = Reader(table)
    seen: dict[str, int] = {}
    found = []
    for row in table.rows:
        code = reader.text(row, "faculty")
        if hidden(code):
            reader.refuse(row, "faculty", "has signs that cannot be seen")
        if code and seen.setdefault(code, row.number) != row.number:
            reader.refuse(row, "faculty", f"stands in row {seen[code]} already")
        least = reader.whole(row, "minimum", least=0, default=0)
        most = reader.whole(row, "maximum", least=0) if row["maximum"] else None
        if most is not None and most < least:
            reader.refuse(row, "maximum", f"is below the minimum of {least}")
        weight = reader.number(row, "weight", least=0, most=LARGEST)
        found.append(al.Claim(code=code, weight=weight, minimum=least, maximum=most))
    reader.finish()
    return found


def _problem(
    applicants: Path,
    offers: Path,
    reserves: Path | None,
    kept: Path | None,
    minimum: Sequence[str] | None,
    maximum: Sequence[str] | None,
    tie: Sequence[str] | None,
) -> al.Problem:
    rules = [rule_of(text, al.Test.AT_LEAST) for text in minimum or ()]
    rules += [rule_of(text, al.Test.AT_MOST) for text in maximum or ()]
    ties = [criterion_of(text) for text in tie or ()]
    return read_problem(applicants, offers, reserves=reserves, kept=kept, rules=rules, ties=ties)


def _writable_record(path: Path | None) -> None:
    """Refuse a record in a folder that is not there before anything is computed; its ending is free."""
    if path is not None:
        writable(path.with_suffix(".json"))


def _report(record: Record, out_file: Path | None, new_record: Path | None) -> None:
    problem, result = record.problem, record.allocation
    placed = [(o.applicant, o.offer, o.part, o.wish, o.score) for o in result.placements]
    cutoffs = [(o.offer, o.part, o.places, o.filled, o.score) for o in result.cutoffs]
    unused = [(o.offer, o.part, o.places, o.code.replace("_", " ")) for o in result.unused]
    sheets: dict[str, tuple[Sequence[str], Sequence[Sequence[object]]]] = {
        "placed": (("applicant", "offer", "part", "wish", "score"), placed),
        "offers": (("offer", "part", "places", "filled", "cut-off"), cutoffs),
        "unused": (("offer", "part", "places", "why"), unused),
    }
    for title, (columns, rows) in sheets.items():
        show(title.capitalize(), columns, rows[:MOST_SHOWN])
        if len(rows) > MOST_SHOWN:
            err.print(f"… and {len(rows) - MOST_SHOWN} more")
    hopeful = sum(1 for one in problem.applicants if one.wishes)
    out.print(
        f"{len(placed)} of {hopeful} applicants placed by {str(result.mechanism).replace('_', ' ')}, "
        f"seed {result.seed}.",
        highlight=False,
    )
    out.print(f"problem {result.problem}", highlight=False, style="dim", soft_wrap=True)
    if out_file is not None:
        reasons = [
            (o.applicant, o.wish, o.offer, o.score, o.code, sentence(o)) for o in al.explain(problem, result)
        ]
        waiting = [
            (o.offer, o.part, at, code)
            for o in result.reserve_lists
            for at, code in enumerate(o.applicants, start=1)
        ]
        sheets["reasons"] = (("applicant", "wish", "offer", "score", "code", "answer"), reasons)
        sheets["reserve lists"] = (("offer", "part", "position", "applicant"), waiting)
        sheets["lottery"] = (("applicant", "number"), list(result.lottery.items()))
        save(out_file, sheets, beside=True)
    if new_record is not None:
        record.write(new_record)
        err.print(f"written: {new_record}", markup=False)
