"""Match a partner list against a directory of institutions.

Names are bags of concepts weighted by rarity (inverse document frequency, Spärck Jones 1972), compared by the
weighted share they have in common (a soft Jaccard index: a misspelt word counts by its optimal-string-alignment
similarity). A match is automatic only when every word of both names is accounted for and nothing else speaks
against it; all the rest is left to a person.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from sapar.methods.errors import MethodError
from sapar.methods.names.institutions.parsing import (
    ParsedName,
    acronym_key,
    host,
    is_acronym,
    keys_of,
    parse_name,
    place_words,
)
from sapar.methods.names.institutions.records import InstitutionRecord
from sapar.methods.names.institutions.spelling import spellings
from sapar.methods.names.institutions.words import concept
from sapar.methods.names.keys import search_key

# Similarity below which two words are two words; the second for the general words, of which there are few.
_ALIKE, _ALIKE_GENERAL = 0.72, 0.8
_SHORTLIST = 60
# How common words are where a directory is too small to tell: the share of names that have the word, by group.
_USUAL = {"kind": 0.1, "part": 0.02, "word": 0.04, "land": 0.02, "place": 0.004, "number": 0.005, "": 0.0005}
_USUAL_UNIVERSITY = 0.5
_USUAL_COUNTS_AS = 2000
# Bits of the rarest word; beyond, rarity says little but that somebody mistyped.
_MAX_WEIGHT = 9.0
_MIN_WEIGHT = 0.3
# A word that only honours somebody is as often left out as not.
_HONORARY = 0.3


@dataclass(frozen=True)
class Variant:
    """One name of one record."""

    record: int
    name: ParsedName


class Vocabulary:
    """The names of a directory with the weights of their words, ready to be looked up.

    Args:
        records: keys must be unique and every record must have a name with letters in it.

    Raises:
        MethodError: ``names.no_records``, ``names.duplicate_key``, ``names.nameless_record``.
    """

    def __init__(self, records: Sequence[InstitutionRecord]) -> None:
        _check(records)
        self.records = tuple(records)
        self._joins = _joins(name for record in records for name in record.names)
        self._variants: list[Variant] = []
        self._of_record: list[list[int]] = [[] for _ in records]
        self._acronyms: dict[str, set[int]] = defaultdict(set)
        self._initials: dict[str, set[int]] = defaultdict(set)
        self._domains: dict[str, set[int]] = defaultdict(set)
        self._exact: dict[frozenset[str], set[int]] = defaultdict(set)
        for at, record in enumerate(records):
            self._add(at, record)
        self._weigh()
        self._cities = [place_words(record.city) for record in records]

    def _add(self, at: int, record: InstitutionRecord) -> None:
        for text in dict.fromkeys(record.names):
            if is_acronym(text):
                self._acronyms[acronym_key(text)].add(at)
            name = parse_name(text, self._joins)
            if name.concepts:
                self._of_record[at].append(len(self._variants))
                self._variants.append(Variant(at, name))
                self._exact[frozenset(name.concepts)].add(at)
                self._initials[_initials(text)].add(at)
        for acronym in record.acronyms:
            for one in acronym.split(","):
                self._acronyms[acronym_key(one)].add(at)
        self._acronyms.pop("", None)
        for domain in record.domains:
            if name_of_host := host(domain):
                self._domains[name_of_host].add(at)

    def _weigh(self) -> None:
        """Document frequencies per record, weights, and the matrix words × variants."""
        # Loaded with the first index: who only needs search keys should not pay for it.
        from scipy.sparse import csr_array

        frequency: Counter[str] = Counter()
        for variants in self._of_record:
            frequency.update({word for v in variants for word in self._variants[v].name.concepts})
        self.weights = {word: _weight(word, count, len(self.records)) for word, count in frequency.items()}
        self._words = {word: at for at, word in enumerate(self.weights)}
        rows, columns, values = [], [], []
        sizes = np.zeros(len(self._variants))
        for column, variant in enumerate(self._variants):
            for word in variant.name.concepts:
                weight = self.weights[word] * (_HONORARY if word in variant.name.honoree else 1.0)
                rows.append(self._words[word])
                columns.append(column)
                values.append(weight)
                sizes[column] += weight
        shape = (len(self._words), len(self._variants))
        self._matrix = csr_array((values, (rows, columns)), shape=shape)
        self._sizes = sizes
        self._record_of = np.array([variant.record for variant in self._variants], dtype=np.int64)
        self._concept_words = sorted(
            {
                key
                for record in self.records
                for name in record.names
                for key in keys_of(name)
                if len(key) >= 5 and concept(key) in self.weights and ":" in concept(key)
            }
        )
        # Misspellings are looked for among the words that share the beginning or the end.
        self._similar_start: dict[str, list[str]] = defaultdict(list)
        self._similar_end: dict[str, list[str]] = defaultdict(list)
        for word in self.weights:
            if ":" not in word and len(word) >= 3 and not any(map(str.isdigit, word)):
                self._similar_start[word[0]].append(word)
                self._similar_end[word[-3:]].append(word)
        self._near: dict[str, dict[str, float]] = {}

    def weight(self, word: str) -> float:
        return self.weights.get(word) or _weight(word, 0, len(self.records))

    def near(self, word: str) -> dict[str, float]:
        """Words of the directory that `word` may be a spelling of, with their similarity; itself included."""
        found = self._near.get(word)
        if found is None:
            found = {word: 1.0} if word in self.weights else {}
            spelt = ":" not in word and len(word) >= 4 and not any(map(str.isdigit, word))
            if spelt and word not in self.weights:
                meant = process.extractOne(
                    word, self._concept_words, scorer=OSA.normalized_similarity, score_cutoff=_ALIKE_GENERAL
                )
                if meant is not None:
                    found[concept(meant[0])] = meant[1]
            if spelt:
                pools = (self._similar_start[word[0]], self._similar_end[word[-3:]])
                for pool in pools:
                    for other, similarity, _ in process.extract(
                        word, pool, scorer=OSA.normalized_similarity, score_cutoff=_ALIKE, limit=8
                    ):
                        found.setdefault(other, similarity)
            self._near[word] = found
        return found

    def shortlist(self, name: ParsedName) -> list[int]:
        """The variants most like `name` by the words they share."""
        vector = np.zeros(len(self._words))
        size = 0.0
        for word in name.concepts:
            weight = self.weight(word) * (_HONORARY if word in name.honoree else 1.0)
            size += weight
            for other, similarity in self.near(word).items():
                vector[self._words[other]] = max(vector[self._words[other]], similarity)
        used = np.flatnonzero(vector)
        if not used.size:
            return []
        shared = self._matrix[used].T @ vector[used]
        score = shared / np.maximum(size + self._sizes - shared, 1e-9)
        best = np.argpartition(-score, min(_SHORTLIST, len(score) - 1))[:_SHORTLIST]
        return [int(at) for at in best[np.argsort(-score[best], kind="stable")] if score[at] > 0.05]

    def with_acronym(self, acronym: str) -> set[int]:
        return self._acronyms.get(acronym, set())

    def with_initials(self, acronym: str) -> set[int]:
        return self._initials.get(acronym, set())

    def with_host(self, name: str) -> set[int]:
        """Records whose host is `name` or one above it; a bare country suffix is never a host of a record."""
        parts = name.split(".")
        for at in range(len(parts) - 1):
            if found := self._domains.get(".".join(parts[at:])):
                return found
        return set()

    def variants_of(self, record: int) -> list[int]:
        return self._of_record[record]

    def exactly(self, name: ParsedName) -> set[int]:
        """Records that have a name of exactly these words."""
        return self._exact.get(frozenset(name.concepts), set())

    def variant(self, at: int) -> Variant:
        return self._variants[at]

    def city(self, record: int) -> frozenset[str]:
        return self._cities[record]

    def parse(self, text: str) -> ParsedName:
        return parse_name(text, self._joins)

    def spellings(self, text: str) -> dict[str, str]:
        return spellings(text, self._joins)


def _weight(word: str, count: int, total: int) -> float:
    """Bits of a word that `count` of `total` records have, shrunk towards what is usual in large directories."""
    usual = (
        _USUAL_UNIVERSITY
        if word == "kind:university"
        else _USUAL[word.partition(":")[0] if ":" in word else ""]
    )
    share = (count + _USUAL_COUNTS_AS * usual) / (total + _USUAL_COUNTS_AS)
    return min(max(-math.log2(share), _MIN_WEIGHT), _MAX_WEIGHT)


def _initials(text: str) -> str:
    words = re.findall(r"[^\W\d_]+", text)
    return "".join(word[0] for word in words if word[0].isupper() or len(word) > 4).casefold()


def _joins(names: Iterable[str]) -> frozenset[str]:
    """Words written with a hyphen or in one piece somewhere, as single keys."""
    found: set[str] = set()
    for name in names:
        for hyphened in re.findall(r"[^\W\d_]+-[^\W\d_]+", name):
            keys = search_key(hyphened).split()
            if len(keys) == 2 and all(len(key) > 1 and ":" not in concept(key) for key in keys):
                found.add(search_key("".join(keys)))
        found |= {key for key in keys_of(name) if len(key) >= 6 and ":" not in concept(key)}
    return frozenset(found)


def _check(records: Sequence[InstitutionRecord]) -> None:
    if not records:
        raise MethodError("names.no_records", "The directory is empty.")
    twice = tuple(key for key, count in Counter(record.key for record in records).items() if count > 1)
    if twice:
        raise MethodError("names.duplicate_key", "Keys that occur more than once: {keys}.", keys=twice)
    nameless = tuple(record.key for record in records if not any(map(search_key, record.names)))
    if nameless:
        raise MethodError("names.nameless_record", "Records without a name: {keys}.", keys=nameless)
