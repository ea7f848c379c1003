"""Duplicates of people between two lists, and a partner list against a directory of institutions.

The lists are invented (`bench/invented_people.py` says how and with which errors). The peer for people is what
one writes without blocking: rapidfuzz compares the romanised names of all pairs by `token_sort_ratio`, with the
cut-off that serves it best; it is timed on a part, and its time grows with the square of the length.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
from rapidfuzz import fuzz, process

from bench.invented_people import MEN, STEMS, Lists, invent, typing_error
from bench.measure import Measurement, median_seconds
from sapar.methods.names import (
    InstitutionIndex,
    InstitutionQuery,
    InstitutionRecord,
    Person,
    link_people,
    transliterate,
)

PEOPLE = 100_000
PEER_PEOPLE = 4_000
INSTITUTIONS = 13_000
ROWS = 400
SEED = 20261122


def measure() -> Iterator[Measurement]:
    yield _people()
    yield _institutions()


def _people() -> Measurement:
    lists = invent(PEOPLE, seed=SEED)
    found = link_people(lists.left, lists.right)
    recall, precision = _quality({(m.left, m.right) for m in found.matches}, lists)
    certain, wrongly = _quality({(m.left, m.right) for m in found.matches if m.decision == "same"}, lists)
    seconds = median_seconds(lambda: link_people(lists.left, lists.right), runs=3, warm_up=0)
    part = invent(PEER_PEOPLE, seed=SEED)
    ours = {(m.left, m.right) for m in link_people(part.left, part.right).matches}
    names = [_romanised(person) for person in part.left], [_romanised(person) for person in part.right]
    ratios = process.cdist(*names, scorer=fuzz.token_sort_ratio, dtype=np.uint8)
    cut_off, peer_recall, peer_precision = max(
        ((at, *_quality(_pairs(ratios, part, at), part)) for at in range(70, 101, 2)),
        key=lambda one: 2 * one[1] * one[2] / max(one[1] + one[2], 1e-9),
    )
    peer = median_seconds(
        lambda: process.cdist(*names, scorer=fuzz.token_sort_ratio, dtype=np.uint8), runs=3, warm_up=0
    )
    scale = (PEOPLE / PEER_PEOPLE) ** 2
    met = seconds <= 10 and recall >= 0.95 and precision >= 0.95
    part_recall, part_precision = _quality(ours, part)
    return Measurement(
        work="duplicate people", size=f"{PEOPLE:,} against {PEOPLE:,}",
        target="≤ 10 s, recall ≥ 0.95 at precision ≥ 0.95", seconds=seconds, runs=3, met=met,
        peer=f"rapidfuzz all pairs, {PEER_PEOPLE:,} × {PEER_PEOPLE:,} × {scale:.0f}", peer_seconds=peer * scale,
        checked=(
            f"recall {recall:.4f}, precision {precision:.4f}; decided “same”: {certain:.4f}, {wrongly:.4f}; "
            f"on the peer's part {part_recall:.3f}, {part_precision:.3f}, "
            f"peer {peer_recall:.3f}, {peer_precision:.3f} (cut-off {cut_off})"
        ),
    )  # fmt: skip


def _quality(pairs: set[tuple[str, str]], lists: Lists) -> tuple[float, float]:
    """Recall and precision."""
    right = len(pairs & lists.same)
    return right / len(lists.same), right / max(len(pairs), 1)


def _romanised(person: Person) -> str:
    return transliterate(f"{person.name.family} {person.name.given}", "icao").lower()


def _pairs(
    ratios: np.ndarray[tuple[int, int], np.dtype[np.uint8]], part: Lists, cut_off: int
) -> set[tuple[str, str]]:
    return {(part.left[i].key, part.right[j].key) for i, j in np.argwhere(ratios >= cut_off).tolist()}


KINDS = {
    "State University": "государственный университет",
    "Technical University": "технический университет",
    "State Medical Institute": "государственный медицинский институт",
    "Pedagogical Institute": "педагогический институт",
    "Academy of Arts": "академия искусств",
    "International University": "международный университет",
    "Agrarian University": "аграрный университет",
    "College of Economics": "экономический колледж",
}
COUNTRIES = ("KG", "KZ", "UZ", "TJ", "RU", "TR", "PL")


def _institutions() -> Measurement:
    rng = random.Random(SEED)
    records, rows = _directory(rng), []
    for _ in range(ROWS):
        known = rng.choice(records)
        words = rng.choice(known.names).split()
        if rng.random() < 0.3:
            words[0] = typing_error(words[0], rng)
        rows.append((known.key, InstitutionQuery(name=" ".join(words), country=known.country)))
    index = InstitutionIndex(records)
    queries = [query for _, query in rows]
    answers = index.match_all(queries)
    right = sum(bool(found) and found[0].key == key for (key, _), found in zip(rows, answers, strict=True))
    same = [(key, found[0].key) for (key, _), found in zip(rows, answers, strict=True)
            if found and found[0].decision == "same"]  # fmt: skip
    wrong = sum(key != answer for key, answer in same)
    # A fresh index each time: it remembers the spellings it has seen.
    build = median_seconds(lambda: InstitutionIndex(records), runs=3, warm_up=0)
    both = median_seconds(lambda: InstitutionIndex(records).match_all(queries), runs=3, warm_up=0)
    seconds = both - build
    romanised = [_plain(name) for record in records for name in record.names]
    typed = [_plain(query.name) for query in queries]
    peer = median_seconds(
        lambda: process.cdist(typed, romanised, scorer=fuzz.token_sort_ratio, dtype=np.uint8),
        runs=3,
        warm_up=0,
    )
    owners = [record.key for record in records for _ in record.names]
    best = process.cdist(typed, romanised, scorer=fuzz.token_sort_ratio, dtype=np.uint8).argmax(axis=1)
    peer_right = sum(owners[at] == key for at, (key, _) in zip(best.tolist(), rows, strict=True))
    return Measurement(
        work="partner list against a directory", size=f"{ROWS} rows, {len(records):,} institutions",
        target="≤ 2 s, no wrong automatic match", seconds=seconds, runs=3, met=seconds <= 2 and wrong == 0,
        peer="rapidfuzz all names", peer_seconds=peer,
        checked=(
            f"best candidate right {right / ROWS:.3f} (peer {peer_right / ROWS:.3f}); "
            f"automatic {len(same) / ROWS:.3f}, wrong {wrong}"
        ),
        note=f"and {build:.1f} s for the index",
    )  # fmt: skip


def _directory(rng: random.Random) -> list[InstitutionRecord]:
    """Invented institutions: a town's name made of two stems, a kind, English and Russian names."""
    stems = sorted({stem for table in (STEMS, MEN) for words in table.values() for stem in words})
    records: list[InstitutionRecord] = []
    towns: set[str] = set()
    while len(records) < INSTITUTIONS:
        town = rng.choice(stems) + rng.choice(("абад", "кент", "тау", "горск", "ата", "бел", "арык"))
        if town in towns:
            town = rng.choice(stems)[:4].capitalize() + town.lower()
        if town in towns:
            continue
        towns.add(town)
        country = rng.choice(COUNTRIES)
        for english, russian in rng.sample(sorted(KINDS.items()), 3):
            names = (f"{transliterate(town, 'icao')} {english}", f"{town}ский {russian}")
            records.append(InstitutionRecord(key=str(len(records)), names=names, country=country))
    return records


def _plain(name: str) -> str:
    return transliterate(name, "icao").lower()
