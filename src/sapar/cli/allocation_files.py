"""The files of `sapar allocate`: tables in, problems out; the record of a run."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sapar.cli.tables import RefusedFiles, err, hidden, load, visible
from sapar.formats.tables import CellProblem, Reader, Row, Table, TableError
from sapar.methods.allocation import (
    CEFR,
    OPEN,
    Allocation,
    Applicant,
    Criterion,
    Holding,
    Offer,
    Problem,
    Reserve,
    Rule,
    Test,
    Wish,
    from_plain,
    plain,
)
from sapar.methods.allocation.problem import LARGEST
from sapar.methods.errors import Fact

TEXT_FACTS = {"level", "field", "faculty"}
LIST_FACTS = {"languages", "funding"}
OFFER_COLUMNS = {"offer", "places", "level", "field", "faculty", "languages", "funding", "order"}
MOST_PLACES = 1_000_000
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
            data = json.loads(path.read_text(encoding="utf-8-sig"))
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
    """Read the tables; every faulty cell of every file is listed.

    Raises:
        RefusedFiles, TableError: what is wrong with the files.
    """
    files = _Files()
    offered = _offers(files.reader(offers, "offer", "places"))
    numbers = {rule.fact for rule in rules} | {tie.fact for tie in ties}
    numbers |= {rule.fact for offer in offered.values() for rule in offer.rules}
    if reserves is not None:
        reader = files.reader(reserves, "offer", "reserve", "places", "fact", "is")
        offered = _with_reserves(reader, offered, numbers)
    _check_orders(files.readers[offers], offered)
    people = _applicants(files.reader(applicants, "applicant"), offered, numbers, rules, ties)
    holdings: tuple[Holding, ...] = ()
    if kept is not None:
        holdings = _holdings(files.reader(kept, "applicant", "offer"), people, offered)
    files.finish()
    return Problem(
        applicants=people,
        offers=tuple(offered.values()),
        rules=tuple(rules),
        ties=tuple(ties),
        holdings=holdings,
    )


def read_offers(path: Path) -> tuple[Offer, ...]:
    """The offers alone.

    Raises:
        RefusedFiles, TableError: what is wrong with the file.
    """
    files = _Files()
    offered = _offers(files.reader(path, "offer", "places"))
    files.finish()
    return tuple(offered.values())


class _Files:
    """The files of one problem, read side by side so that all their faults are told at once."""

    def __init__(self) -> None:
        self.readers: dict[Path, Reader] = {}

    def reader(self, path: Path, *columns: str) -> Reader:
        table = load(path, *columns)
        for column in table.columns:
            base = re.sub(r" \(\d+\)$", "", column)
            if base != column and base in table.columns:
                raise TableError(
                    "allocate.column_twice", "{path}: the column “{column}” stands twice.",
                    path=str(path), column=base,
                )  # fmt: skip
        self.readers[path] = Reader(table)
        return self.readers[path]

    def finish(self) -> None:
        found = {path.name: reader.problems for path, reader in self.readers.items() if reader.problems}
        if found:
            raise RefusedFiles(found)


def rule_of(text: str, test: Test) -> Rule:
    """ "gpa=3.0" as a condition for everyone."""
    fact, sign, value = text.partition("=")
    try:
        required = float(value.replace(",", "."))
    except ValueError:
        required = math.nan
    if not fact.strip() or not abs(required) < LARGEST:
        raise TableError(
            "allocate.rule", "“{text}” is not a condition such as gpa=3.0.", text=text + ("" if sign else "=")
        )
    return Rule(code=fact.strip(), fact=fact.strip(), test=test, required=required)


def criterion_of(text: str) -> Criterion:
    """ "credits": the higher first; "-age": the lower first."""
    fact = text.removeprefix("-").strip()
    if not fact:
        raise TableError("allocate.tie", "“{text}” names no fact that could break a tie.", text=text)
    return Criterion(fact=fact, higher_first=not text.startswith("-"))


def _list(cell: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in cell.split(";") if item.strip())


def _code(reader: Reader, row: Row, column: str, seen: dict[str, int]) -> str:
    """What a row is called: not empty, once, and without signs that nobody sees."""
    code = reader.text(row, column)
    if hidden(code):
        reader.refuse(row, column, "has signs that cannot be seen")
    same = unicodedata.normalize("NFC", code)
    if code and seen.setdefault(same, row.number) != row.number:
        reader.refuse(row, column, f"stands in row {seen[same]} already")
    return code


def _applicants(
    reader: Reader,
    offers: Mapping[str, Offer],
    numbers: set[str],
    rules: Sequence[Rule],
    ties: Sequence[Criterion],
) -> tuple[Applicant, ...]:
    table = reader.table
    wish_columns, score_columns = _numbered(table, "wish"), _numbered(table, "score")
    if not wish_columns:
        raise TableError("allocate.no_wishes", "There is no column “wish 1”.")
    for number in score_columns.keys() - wish_columns.keys():
        raise TableError(
            "allocate.score_without_wish", "“{score}” is the score of no “wish {number}”.",
            score=score_columns[number], number=number,
        )  # fmt: skip
    used = {"applicant", "score", *wish_columns.values(), *score_columns.values()}
    facts = [column for column in table.columns if column not in used]
    asked = numbers | {rule.fact for offer in offers.values() for rule in _asked(offer)}
    for fact in sorted(asked - {"score"} - set(facts)):
        # Without this a slip in a name would make everybody ineligible, or leave every tie to the lottery.
        reason = "is asked for by an offer, a reserve or an option, and there is no such column"
        reader.problems.append(CellProblem(row=table.header_row, column=fact, value="", reason=reason))
    of_text = {rule.fact for offer in offers.values() for rule in _asked(offer)} - numbers
    numeric = {c for c in facts if c in numbers or (c not in of_text and _is_numeric(table, c))}
    known = [code for code in offers if code]
    seen: dict[str, int] = {}
    people = []
    for row in table.rows:
        code = _code(reader, row, "applicant", seen)
        wishes: list[Wish] = []
        for number, column in wish_columns.items():
            if not row[column]:
                continue
            offer = reader.one_of(row, column, known)
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
    return tuple(people)


def _asked(offer: Offer) -> list[Rule]:
    """All conditions of an offer that somebody without the fact would fail."""
    found = [rule for rule in offer.conditions if not rule.when_missing]
    return found + [rule for reserve in offer.reserves for rule in reserve.rules]


def _numbered(table: Table, word: str) -> dict[int, str]:
    """ "wish 1", "wish2", … by their number."""
    found: dict[int, str] = {}
    for column in table.columns:
        if match := re.fullmatch(rf"{word} ?(\d{{1,4}})", column):
            if (number := int(match[1])) in found:
                raise TableError("allocate.column_twice", "“{column}” and “{other}” are one column.",
                                 column=found[number], other=column)  # fmt: skip
            found[number] = column
    return dict(sorted(found.items()))


def _is_numeric(table: Table, column: str) -> bool:
    """Numbers only, and none that begins with a zero as codes do."""
    if column in TEXT_FACTS | LIST_FACTS:
        return False
    cells = [cell for cell in table.column(column) if cell]
    return bool(cells) and all(re.fullmatch(r"-?(0|[1-9]\d*)([.,]\d+)?", cell) for cell in cells)


def _fact(reader: Reader, row: Row, column: str, numeric: bool) -> Fact:
    if numeric:
        return _number(reader, row, column)
    if column in LIST_FACTS or ";" in row[column]:
        return _list(row[column])
    return row[column]


def _number(reader: Reader, row: Row, column: str) -> float:
    return reader.number(row, column, least=-LARGEST, most=LARGEST)


def _score(reader: Reader, row: Row, column: str) -> float | None:
    return _number(reader, row, column) if row[column] else None


def _offers(reader: Reader) -> dict[str, Offer]:
    table = reader.table
    limits = [
        (column, Test.AT_LEAST if column.startswith("min ") else Test.AT_MOST)
        for column in table.columns
        if column.startswith(("min ", "max "))
    ]
    if unused := [c for c in table.columns if c not in OFFER_COLUMNS and c not in dict(limits)]:
        err.print(f"Not used of the offers: {visible(', '.join(unused))}.", markup=False, style="yellow")
    seen: dict[str, int] = {}
    found: dict[str, Offer] = {}
    for row in table.rows:
        code = _code(reader, row, "offer", seen)
        for language in _list(row["languages"]):
            if language.partition(":")[2] not in CEFR:
                reader.refuse(row, "languages", f"“{language}” is not a language and level such as en:B2")
        offer = Offer(
            code=code,
            places=reader.whole(row, "places", least=0, most=MOST_PLACES),
            levels=_list(row["level"]),
            fields=_list(row["field"]),
            faculties=_list(row["faculty"]),
            languages=_list(row["languages"]),
            funding=row["funding"],
            rules=tuple(
                Rule(code=column, fact=column[4:], test=test, required=_number(reader, row, column))
                for column, test in limits
                if row[column]
            ),
            order=_list(row["order"]),
        )
        found.setdefault(code, offer)
    return found


def _with_reserves(reader: Reader, offers: Mapping[str, Offer], numbers: set[str]) -> dict[str, Offer]:
    found: dict[str, list[Reserve]] = {code: [] for code in offers}
    rows: dict[str, list[Row]] = {code: [] for code in offers}
    for row in reader.table.rows:
        offer, code = reader.one_of(row, "offer", offers), reader.text(row, "reserve")
        if code == OPEN or hidden(code):
            reader.refuse(row, "reserve", "cannot be the name of a reserve")
        fact, values = reader.text(row, "fact"), _list(row["is"])
        if fact == "score":
            reader.refuse(row, "fact", "cannot decide who belongs to a reserve")
        if not values:
            reader.refuse(row, "is", "is empty")
        spill = () if row["spill"] in ("none", "-") else _list(row["spill"]) or (OPEN,)
        places = reader.whole(row, "places", least=0, most=MOST_PLACES)
        if offer not in found:
            continue
        if code in [reserve.code for reserve in found[offer]]:
            reader.refuse(row, "reserve", f"is reserved twice at {offer}")
        required: Fact = values
        if fact in numbers:
            required = tuple(_value(reader, row, "is", value) for value in values)
        rule = Rule(code=code, fact=fact, test=Test.ANY_OF, required=required)
        found[offer].append(Reserve(code=code, places=places, rules=(rule,), spill=spill))
        rows[offer].append(row)
    for offer, reserves in found.items():
        left, codes = offers[offer].places, {reserve.code for reserve in reserves}
        for row, reserve in zip(rows[offer], reserves, strict=True):
            left -= reserve.places
            if left < 0:
                reader.refuse(row, "places", f"{offer} has only {offers[offer].places} places")
                left = 0
            if wrong := [c for c in reserve.spill if c not in {OPEN, *codes} - {reserve.code}]:
                reader.refuse(row, "spill", f"“{wrong[0]}” is no other reserve of {offer}")
            elif len(set(reserve.spill)) < len(reserve.spill):
                reader.refuse(row, "spill", "names somebody twice")
    return {code: replace(offer, reserves=tuple(found[code])) for code, offer in offers.items()}


def _value(reader: Reader, row: Row, column: str, value: str) -> float:
    try:
        return float(value.replace(",", "."))
    except ValueError:
        reader.refuse(row, column, f"“{value}” is not a number, as the fact is")
        return 0.0


def _check_orders(reader: Reader, offers: Mapping[str, Offer]) -> None:
    for row in reader.table.rows:
        offer = offers.get(row["offer"])
        if offer is None or not row["order"]:
            continue
        parts = [*(reserve.code for reserve in offer.reserves), OPEN]
        if sorted(_list(row["order"])) != sorted(parts):
            reader.refuse(row, "order", f"must name each of these once: {'; '.join(parts)}")


def _holdings(
    reader: Reader, people: Sequence[Applicant], offers: Mapping[str, Offer]
) -> tuple[Holding, ...]:
    applicants = {person.code for person in people}
    found, seen = [], dict[str, int]()
    taken: Counter[tuple[str, str]] = Counter()
    for row in reader.table.rows:
        answer, part = row["may rise"].lower(), row["part"] or OPEN
        if answer not in YES | NO:
            reader.refuse(row, "may rise", "is neither yes nor no")
        applicant = reader.one_of(row, "applicant", applicants)
        if applicant and seen.setdefault(applicant, row.number) != row.number:
            reader.refuse(row, "applicant", f"holds the place of row {seen[applicant]} already")
        offer = reader.one_of(row, "offer", offers)
        if offer in offers:
            parts = offers[offer].parts
            taken[offer, part] += 1
            if part not in parts:
                reader.refuse(row, "part", f"is not one of: {', '.join(parts)}")
            elif taken[offer, part] > (places := offers[offer].places_of(part)):
                reader.refuse(row, "offer", f"has only {places} places ({part})")
        found.append(Holding(applicant=applicant, offer=offer, part=part, may_rise=answer in YES))
    return tuple(found)
