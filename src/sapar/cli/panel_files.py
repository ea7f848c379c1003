"""Reading pools, quotas, rooms and published lotteries; writing lotteries and plans."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import get_args

from sapar.cli.tables import hidden, load
from sapar.formats.tables import Reader, RefusedRows, TableError
from sapar.methods.sortition import Draw, Lottery, Panel, Person, Plan, Quota, Room, Rule, Terms, panels_hash

Sheets = dict[str, tuple[Sequence[str], Sequence[Sequence[object]]]]
BETWEEN = "; "


def read_pool(path: Path, features: Sequence[str], *, households: bool = False) -> list[Person]:
    """People by the columns `id`, perhaps `household`, and the named features, each of which must be filled."""
    table = load(path, "id", *(["household"] if households else []), *features)
    reader = Reader(table)
    seen: dict[str, int] = {}
    pool = []
    for row in table.rows:
        identity = reader.text(row, "id")
        if ";" in identity:
            reader.refuse(row, "id", "has a semicolon, which separates ids in the results")
        if hidden(identity):
            reader.refuse(row, "id", "has signs that cannot be seen")
        if identity in seen:
            reader.refuse(row, "id", f"is the id of row {seen[identity]} already")
        seen.setdefault(identity, row.number)
        values = {feature: reader.text(row, feature) for feature in features}
        pool.append(Person(id=identity, features=values, household=row["household"]))
    if reader.problems:
        raise RefusedRows(reader.problems)
    return pool


def read_quotas(path: Path) -> tuple[Quota, ...]:
    """Quotas by the columns `feature`, `value`, `min`, `max`."""
    table = load(path, "feature", "value", "min", "max")
    reader = Reader(table)
    seen: dict[tuple[str, str], int] = {}
    quotas = []
    for row in table.rows:
        feature, value = reader.text(row, "feature"), reader.text(row, "value")
        before = len(reader.problems)
        lower = reader.whole(row, "min", least=0)
        upper = reader.whole(row, "max", least=0)
        if lower > upper and len(reader.problems) == before:
            reader.refuse(row, "max", f"is below the min of {lower}")
        if (feature, value) in seen:
            reader.refuse(row, "value", f"has a quota in row {seen[feature, value]} already")
        seen.setdefault((feature, value), row.number)
        quotas.append(Quota(feature=feature, value=value, lower=lower, upper=upper))
    if reader.problems:
        raise RefusedRows(reader.problems)
    return tuple(quotas)


def quota_features(path: Path) -> tuple[str, ...]:
    """The features that quotas name, whatever else is wrong with them."""
    return tuple(dict.fromkeys(filter(None, load(path, "feature").column("feature"))))


def read_rooms(path: Path, features: Sequence[str]) -> list[Room]:
    """Rooms by `name`, `seats` and, under a feature's name, the values that are admitted (empty: all)."""
    table = load(path, "name", "seats")
    reader = Reader(table)
    rooms = []
    seen: dict[str, int] = {}
    for row in table.rows:
        only = {
            feature: frozenset(filter(None, map(str.strip, row[feature].split(";"))))
            for feature in features
            if row[feature]
        }
        name = reader.text(row, "name")
        if name and seen.setdefault(name, row.number) != row.number:
            reader.refuse(row, "name", f"is the room of row {seen[name]} already")
        if hidden(name):
            reader.refuse(row, "name", "has signs that cannot be seen")
        seats = reader.whole(row, "seats", least=1)
        rooms.append(Room(name=name, seats=seats, only=only))
    if reader.problems:
        raise RefusedRows(reader.problems)
    return rooms


def room_features(path: Path) -> tuple[str, ...]:
    return tuple(column for column in load(path, "name", "seats").columns if column not in ("name", "seats"))


def pairs(words: Sequence[str], option: str) -> tuple[tuple[str, ...], ...]:
    """Groups of ids written as "A12,B07"."""
    groups = tuple(tuple(part.strip() for part in word.split(",")) for word in words)
    for word, group in zip(words, groups, strict=True):
        if len(group) < 2 or not all(group):
            raise TableError("panel.bad_group", "{option} {word}: write A12,B07.", option=option, word=word)
    return groups


def lottery_sheets(found: Lottery, terms: Terms) -> Sheets:
    """All that is published: who has which chance, the panels with their tickets, and the facts."""
    first = 0
    listed: list[Sequence[object]] = []
    for number, panel in enumerate(found.panels, start=1):
        listed.append((number, first, panel.tickets, BETWEEN.join(panel.members)))
        first += panel.tickets
    out = set(found.impossible)
    facts: list[Sequence[object]] = [
        ("pool_hash", found.pool_hash),
        ("panels_hash", panels_hash(found.panels)),
        ("rule", found.rule),
        ("seats", terms.size),
        ("tickets", found.tickets),
        ("least_chance", found.minimum),
        ("bound", found.bound),
        ("geometric_mean", found.geometric_mean),
    ]
    chances = [
        (identity, chance, found.optimal[identity], found.proof.get(identity, 0.0), identity in out)
        for identity, chance in found.chances.items()
    ]
    return {
        "chances": (("id", "chance", "optimum", "proof", "impossible"), chances),
        "panels": (("number", "first_ticket", "tickets", "members"), listed),
        "facts": (("name", "value"), facts),
    }


@dataclass(frozen=True)
class Published:
    """A lottery as its file tells it, and what the file says besides."""

    lottery: Lottery
    seats: int
    geometric_mean: float

    def misstated(self, terms: Terms) -> list[str]:
        """Facts in the file that are not those of the lottery and its terms."""
        wrong = [] if self.seats == terms.size else [f"seats: {self.seats}"]
        wrong += [] if self.lottery.rule in get_args(Rule) else [f"rule: {self.lottery.rule}"]
        mean = self.lottery.geometric_mean
        return (
            wrong
            if math.isclose(mean, self.geometric_mean, rel_tol=1e-9)
            else [*wrong, f"geometric mean: {mean}"]
        )


def read_published(path: Path) -> Published:
    """A lottery as `sapar panel lottery --out lottery.json` wrote it; refused if its panels were changed."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        facts = {str(row["name"]): row["value"] for row in data["facts"]}
        panels = tuple(
            Panel(_whole(row["tickets"]), tuple(str(row["members"]).split(BETWEEN))) for row in data["panels"]
        )
        rows = {str(row["id"]): row for row in data["chances"]}
        if len(rows) < len(data["chances"]):
            raise ValueError("somebody stands twice")
        found = Lottery(
            pool_hash=str(facts["pool_hash"]),
            rule=str(facts["rule"]),
            panels=panels,
            tickets=_whole(facts["tickets"]),
            chances={identity: _share(row["chance"]) for identity, row in rows.items()},
            optimal={identity: _share(row["optimum"]) for identity, row in rows.items()},
            minimum=_share(facts["least_chance"]),
            bound=_share(facts["bound"]),
            proof={identity: weight for identity, row in rows.items() if (weight := _share(row["proof"]))},
            impossible=tuple(identity for identity, row in rows.items() if _told(row["impossible"])),
            levels=(),
        )
        told = str(facts["panels_hash"])
        numbers = [(_whole(row["number"]), _whole(row["first_ticket"])) for row in data["panels"]]
        seats, mean = _whole(facts["seats"]), _share(facts["geometric_mean"])
    except FileNotFoundError as error:
        raise TableError("tables.no_such_file", "There is no file {path}.", path=str(path)) from error
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise TableError(
            "panel.not_a_lottery", "{path} is not a lottery written as .json.", path=str(path)
        ) from error
    before = accumulate((panel.tickets for panel in panels), initial=0)
    if told != panels_hash(panels) or numbers != [*zip(range(1, len(panels) + 1), before, strict=False)]:
        raise TableError(
            "panel.changed", "{path}: the panels are not those whose hash was published.", path=str(path)
        )
    return Published(found, seats, mean)


def read_draw(path: Path) -> Draw:
    """A draw as `sapar panel draw --out panel.json` wrote it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        facts = {str(row["name"]): row["value"] for row in data["facts"]}
        return Draw(
            seed=str(facts["seed"]),
            text=str(facts["hashed_text"]),
            digest=str(facts["sha256"]),
            ticket=_whole(facts["ticket"]),
            tickets=_whole(facts["tickets"]),
            number=_whole(facts["panel"]),
            members=tuple(str(row["id"]) for row in data["panel"]),
        )
    except FileNotFoundError as error:
        raise TableError("tables.no_such_file", "There is no file {path}.", path=str(path)) from error
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise TableError(
            "panel.not_a_draw", "{path} is not a draw written as .json.", path=str(path)
        ) from error


def _whole(value: object) -> int:
    """A whole number as JSON has it; 3.2 is none, and so is "3"."""
    if type(value) is not int:
        raise ValueError(value)
    return value


def _share(value: object) -> float:
    """A number of at least 0 as JSON has it."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < math.inf:
        raise ValueError(value)
    return float(value)


def _told(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def draw_sheets(drawn: Draw) -> Sheets:
    facts: list[Sequence[object]] = [
        ("seed", drawn.seed),
        ("hashed_text", drawn.text),
        ("sha256", drawn.digest),
        ("ticket", drawn.ticket),
        ("tickets", drawn.tickets),
        ("panel", drawn.number),
    ]
    return {"panel": (("id",), [(member,) for member in drawn.members]), "facts": (("name", "value"), facts)}


def plan_sheets(plan: Plan) -> Sheets:
    rows = [
        (number, room, identity)
        for number, row in enumerate(plan.rounds, start=1)
        for room, people in zip(plan.rooms, row, strict=True)
        for identity in people
    ]
    measure = plan.measure
    facts: list[Sequence[object]] = [
        ("repeated_meetings", measure.repeated),
        ("repeated_meetings_bound", measure.repeated_bound),
        ("most_meetings_of_a_pair", measure.most),
        ("imbalance", measure.imbalance),
        ("pairs_that_never_meet", measure.unmet),
        ("seed", plan.seed),
    ]
    return {"plan": (("round", "room", "id"), rows), "measure": (("name", "value"), facts)}
