"""The files of `sapar allocate`: tables in, problems out; the record of a run; sentences for reasons."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sapar.cli.tables import load
from sapar.formats.tables import Reader, Row, Table, TableError
from sapar.methods.allocation import (
    OPEN,
    Allocation,
    Applicant,
    Criterion,
    Holding,
    Offer,
    PartReason,
    Problem,
    Reason,
    Reserve,
    Rule,
    Test,
    Wish,
    from_plain,
    plain,
)
from sapar.methods.errors import Fact

TEXT_FACTS = {"level", "field", "faculty"}
LIST_FACTS = {"languages", "funding"}
YES = {"yes", "true", "1", "да", "ооба", "иә", "ha"}
NO = {"no", "false", "0", "нет", "жок", "жоқ", "yo‘q", ""}


@dataclass(frozen=True)
class Record:
    """What is stored of a run; enough to verify, to explain and to go on from."""

    problem: Problem
    allocation: Allocation

    def write(self, path: Path) -> None:
        data = {"problem": plain(self.problem), "allocation": plain(self.allocation)}
        partial = path.with_name(path.name + ".part")
        partial.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        partial.replace(path)

    @staticmethod
    def read(path: Path) -> Record:
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise TableError(
                "allocate.not_json", "{path} is not a record: no JSON.", path=str(path)
            ) from error
        if not isinstance(data, dict) or set(data) != {"problem", "allocation"}:
            raise TableError("allocate.not_a_record", "{path} is not a record of a run.", path=str(path))
        return Record(from_plain(Problem, data["problem"]), from_plain(Allocation, data["allocation"]))


def read_problem(
    applicants: Path,
    offers: Path,
    *,
    reserves: Path | None = None,
    kept: Path | None = None,
    rules: Sequence[Rule] = (),
    ties: Sequence[Criterion] = (),
) -> Problem:
    """Read the tables; every faulty cell is listed.

    Raises:
        RefusedRows, TableError: what is wrong with the files.
    """
    offered = _offers(load(offers, "offer", "places"))
    if reserves is not None:
        offered = _with_reserves(offered, load(reserves, "offer", "reserve", "places", "fact", "is"))
    people = _applicants(load(applicants, "applicant"), {offer.code for offer in offered})
    return Problem(
        applicants=people,
        offers=offered,
        rules=tuple(rules),
        ties=tuple(ties),
        holdings=() if kept is None else _holdings(load(kept, "applicant", "offer"), people, offered),
    )


def rule_of(text: str, test: Test) -> Rule:
    """ "gpa=3.0" as a condition for everyone."""
    fact, sign, value = text.partition("=")
    try:
        return Rule(code=fact.strip(), fact=fact.strip(), test=test, required=float(value.replace(",", ".")))
    except ValueError:
        raise TableError(
            "allocate.rule", "“{text}” is not a condition such as gpa=3.0.", text=text + ("" if sign else "=")
        ) from None


def criterion_of(text: str) -> Criterion:
    """ "credits": the higher first; "-age": the lower first."""
    return Criterion(fact=text.removeprefix("-"), higher_first=not text.startswith("-"))


def _list(cell: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in cell.split(";") if item.strip())


def _applicants(table: Table, offers: set[str]) -> tuple[Applicant, ...]:
    reader = Reader(table)
    wish_columns = _numbered(table.columns, "wish")
    if not wish_columns:
        raise TableError("allocate.no_wishes", "There is no column “wish 1”.")
    score_columns = _numbered(table.columns, "score")
    used = {"applicant", "score", *wish_columns.values(), *score_columns.values()}
    facts = [column for column in table.columns if column not in used]
    numeric = {column for column in facts if _is_numeric(table, column)}
    seen: dict[str, int] = {}
    people = []
    for row in table.rows:
        code = reader.text(row, "applicant")
        if code and seen.setdefault(code, row.number) != row.number:
            reader.refuse(row, "applicant", f"stands in row {seen[code]} already")
        wishes: list[Wish] = []
        for number, column in wish_columns.items():
            if not row[column]:
                continue
            offer = reader.one_of(row, column, offers)
            if offer in [wish.offer for wish in wishes]:
                reader.refuse(row, column, "is wished twice")
            wishes.append(Wish(offer, _score(reader, row, score_columns.get(number, ""))))
        people.append(
            Applicant(
                code=code,
                score=_score(reader, row, "score"),
                wishes=tuple(wishes),
                facts={c: _fact(reader, row, c, c in numeric) for c in facts if row[c]},
            )
        )
    reader.finish()
    return tuple(people)


def _numbered(columns: Iterable[str], word: str) -> dict[int, str]:
    """ "wish 1", "wish2", … by their number."""
    found = {int(m[1]): column for column in columns if (m := re.fullmatch(rf"{word} ?(\d+)", column))}
    return dict(sorted(found.items()))


def _is_numeric(table: Table, column: str) -> bool:
    """Numbers only, and none that begins with a zero as codes do."""
    if column in TEXT_FACTS | LIST_FACTS:
        return False
    cells = [cell for cell in table.column(column) if cell]
    return bool(cells) and all(re.fullmatch(r"-?(0|[1-9]\d*)([.,]\d+)?", cell) for cell in cells)


def _fact(reader: Reader, row: Row, column: str, numeric: bool) -> Fact:
    if numeric:
        return reader.number(row, column)
    if column in LIST_FACTS or ";" in row[column]:
        return _list(row[column])
    return row[column]


def _score(reader: Reader, row: Row, column: str) -> float | None:
    return reader.number(row, column) if row[column] else None


def _offers(table: Table) -> tuple[Offer, ...]:
    reader = Reader(table)
    limits = [
        (column, Test.AT_LEAST if column.startswith("min ") else Test.AT_MOST)
        for column in table.columns
        if column.startswith(("min ", "max "))
    ]
    seen: dict[str, int] = {}
    found = []
    for row in table.rows:
        code = reader.text(row, "offer")
        if code and seen.setdefault(code, row.number) != row.number:
            reader.refuse(row, "offer", f"stands in row {seen[code]} already")
        found.append(
            Offer(
                code=code,
                places=reader.whole(row, "places", least=0, most=1_000_000),
                levels=_list(row["level"]),
                fields=_list(row["field"]),
                faculties=_list(row["faculty"]),
                languages=_list(row["languages"]),
                funding=row["funding"],
                rules=tuple(
                    Rule(code=column, fact=column[4:], test=test, required=reader.number(row, column))
                    for column, test in limits
                    if row[column]
                ),
                order=_list(row["order"]),
            )
        )
    reader.finish()
    return tuple(found)


def _with_reserves(offers: tuple[Offer, ...], table: Table) -> tuple[Offer, ...]:
    reader = Reader(table)
    known = {offer.code: offer for offer in offers}
    found: dict[str, list[Reserve]] = {offer.code: [] for offer in offers}
    for row in table.rows:
        offer = reader.one_of(row, "offer", known)
        code, fact, values = reader.text(row, "reserve"), reader.text(row, "fact"), _list(row["is"])
        if not values:
            reader.refuse(row, "is", "is empty")
            continue
        rule = Rule(code=code, fact=fact, test=Test.ANY_OF, required=values)
        spill = () if row["spill"] in ("none", "-") else _list(row["spill"]) or (OPEN,)
        places = reader.whole(row, "places", least=0, most=1_000_000)
        if offer in found:
            found[offer].append(Reserve(code=code, places=places, rules=(rule,), spill=spill))
    reader.finish()
    return tuple(replace(offer, reserves=tuple(found[offer.code])) for offer in offers)


def _holdings(table: Table, people: Sequence[Applicant], offers: Sequence[Offer]) -> tuple[Holding, ...]:
    reader = Reader(table)
    applicants, known = {person.code for person in people}, {offer.code for offer in offers}
    found = []
    for row in table.rows:
        answer = row["may rise"].lower()
        if answer not in YES | NO:
            reader.refuse(row, "may rise", "is neither yes nor no")
        found.append(
            Holding(
                applicant=reader.one_of(row, "applicant", applicants),
                offer=reader.one_of(row, "offer", known),
                part=row["part"] or OPEN,
                may_rise=answer in YES,
            )
        )
    reader.finish()
    return tuple(found)


def sentence(reason: Reason) -> str:
    """One reason in English."""
    match reason.code:
        case "not_eligible":
            return "not eligible: " + "; ".join(
                f"{one.rule}: {one.test.replace('_', ' ')} {_shown(one.required)} is required, "
                + ("nothing is given" if one.actual is None else f"{_shown(one.actual)} is given")
                if one.rule != "no_score"
                else "there is no score"
                for one in reason.failures
            )
        case "placed":
            return f"placed ({reason.parts[0].part} places, {_position(reason.parts[0])})"
        case "kept":
            return "the place held before is kept"
        case "placed_higher":
            return "a better wish came true"
        case "frozen_elsewhere":
            return "the place held before may not be changed"
        case "reserved":
            return "all places are reserved for others"
        case "no_places":
            return "there is no place to give"
        case _:
            return "; ".join(_refusal(part) for part in reason.parts if part.places)


def _refusal(part: PartReason) -> str:
    where = f"{part.part}: "
    match part.decided_by:
        case "reserved":
            return where + "reserved for others"
        case "mechanism":
            return where + "given in an earlier round to somebody with less"
        case "tier":
            return where + f"went to those it is reserved for, {_position(part)}"
        case "score":
            return where + f"cut-off {_shown(part.last)}, yours {_shown(part.own)}, {_position(part)}"
        case "lottery":
            return (
                where
                + f"equal to the last admitted, lot {part.own:.0f} after {part.last:.0f}, {_position(part)}"
            )
        case _:
            own = "none" if part.own is None else _shown(part.own)
            last = "none" if part.last is None else _shown(part.last)
            return where + f"equal score, {part.decided_by} {own} after {last}, {_position(part)}"


def _position(part: PartReason) -> str:
    at = part.position or 0
    ending = "th" if 10 <= at % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(at % 10, "th")
    return f"{at}{ending} of {part.places}"


def _shown(value: Fact) -> str:
    if isinstance(value, tuple):
        return " or ".join(_shown(item) for item in value)
    return f"{value:.10g}" if isinstance(value, float) else str(value)
