"""One line of a list on its way through the index: find, score, decide, say why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from sapar.methods.errors import MethodError, Scalar
from sapar.methods.names.institutions.comparison import Comparison, compare_names, meant_by
from sapar.methods.names.institutions.index import Vocabulary
from sapar.methods.names.institutions.numerals import NUMBER
from sapar.methods.names.institutions.parsing import (
    ParsedName,
    host,
    place_words,
    readings,
)
from sapar.methods.names.institutions.records import Candidate, Decision, InstitutionQuery
from sapar.methods.names.institutions.spelling import Written, acronyms_as_written, bare, in_order
from sapar.methods.names.keys import search_key
from sapar.methods.names.reasons import Reason
from sapar.methods.progress import Progress, unheard

# Similarity from which a misspelling may pass without a person, and the same for the general words of the trade.
_MISSPELT, _MISSPELT_GENERAL = 0.84, 0.8
# Score from which a candidate is worth a look, and how near a second one makes the first uncertain.
_PERHAPS = 0.42
_MARGIN = 0.06
# Bits that a name must carry to be recognised without a country that agrees, with it, and when it consists of
# general words only ("National Research University").
_ENOUGH, _ENOUGH_AT_HOME, _ENOUGH_GENERAL = 13.0, 6.0, 12.0
# Candidates taken up because of a domain or an acronym, whatever they are called.
_MOST_BY_HINT = 200


class InstitutionIndex(Vocabulary):
    """A directory made ready for matching; see `Vocabulary` for what it takes and refuses."""

    def match(self, query: InstitutionQuery, *, limit: int = 5) -> list[Candidate]:
        """The candidates of one line, best first; empty when nothing in the directory resembles it."""
        return self.match_all([query], limit=limit)[0]

    def match_all(
        self, queries: Sequence[InstitutionQuery], *, limit: int = 5, progress: Progress = unheard
    ) -> list[list[Candidate]]:
        """`match` for a whole list.

        Raises:
            MethodError: ``names.bad_limit`` unless `limit` is positive.
        """
        if limit < 1:
            raise MethodError("names.bad_limit", "The limit must be at least 1, not {limit}.", limit=limit)
        answers = []
        for done, query in enumerate(queries, 1):
            answers.append(Match(self, query).candidates(limit))
            if done % 50 == 0 or done == len(queries):
                progress(done, len(queries))
        return answers


class Match:
    """A line and the records it may mean."""

    def __init__(self, index: Vocabulary, query: InstitutionQuery, *, without: int = -1) -> None:
        """`without` is the number of a record that is no candidate: the one from which the line is."""
        self.index = index
        self.query = query
        self.without = without
        self.country = query.country.strip().upper()
        self.city = place_words(query.city)
        texts, self.acronyms = readings(query.name)
        self.names = [name for text in texts if (name := index.parse(text)).concepts]
        self.meant = {name.text: meant_by(name, index.near) for name in self.names}
        self._spelt: dict[str, dict[str, str]] = {}
        self.hosts = [known for domain in query.domains if (known := host(domain))]
        itself = {without}
        self.by_host = {record for known in self.hosts for record in index.with_host(known)} - itself
        self.by_acronym = {
            record for acronym in self.acronyms for record in index.with_acronym(acronym)
        } - itself
        self.by_initials = {
            record for acronym in self.acronyms for record in index.with_initials(acronym)
        } - (self.by_acronym | itself)
        self.acronym_words = frozenset(
            key for acronym in self.acronyms for key in search_key(acronym).split()
        )

    def candidates(self, limit: int) -> list[Candidate]:
        if not self.names:
            return self._by_acronym_alone(limit)
        best: dict[int, tuple[Comparison, ParsedName, ParsedName]] = {}
        for name in self.names:
            for at in self._pool(name):
                variant = self.index.variant(at)
                if variant.record == self.without:
                    continue
                compared = self._compare(name, variant.name, variant.record)
                before = best.get(variant.record)
                if before is None or _rank(compared) > _rank(before[0]):
                    best[variant.record] = (compared, name, variant.name)
        scored = [
            _Scored(self._score(record, compared), record, compared, given, known)
            for record, (compared, given, known) in best.items()
        ]
        scored.sort(key=lambda one: (-round(one.score, 6), *self._doubts(one.record)))
        return self._decided(scored, limit)

    def _pool(self, name: ParsedName) -> dict[int, None]:
        """Variants to compare with, as an ordered set."""
        pool = dict.fromkeys(self.index.shortlist(name))
        for record in sorted(self.by_host | self.by_acronym | self.by_initials)[:_MOST_BY_HINT]:
            pool.update(dict.fromkeys(self.index.variants_of(record)))
        return pool

    def _compare(self, given: ParsedName, known: ParsedName, record: int) -> Comparison:
        context = self.index.city(record)
        if record in self.by_acronym | self.by_initials:
            context |= self.acronym_words
        return compare_names(
            given,
            known,
            meant=self.meant[given.text],
            weight=self.index.weight,
            given_context=self.city,
            known_context=context,
        )

    def _score(self, record: int, compared: Comparison) -> float:
        """The share of words in common, moved towards 1 by domain and acronym, down by contradictions."""
        score = compared.score
        if record in self.by_host:
            score += 0.35 * (1 - score)
        if record in self.by_acronym:
            score += 0.15 * (1 - score)
        elif record in self.by_initials:
            score += 0.1 * (1 - score)
        if self._country_differs(record):
            score *= 0.6
        if compared.honourees_differ:
            score *= 0.8
        return score

    def _country_agrees(self, record: int) -> bool:
        return bool(self.country) and self.country == self.index.records[record].country.upper()

    def _country_differs(self, record: int) -> bool:
        return bool(self.country and self.index.records[record].country) and not self._country_agrees(record)

    def _city_differs(self, record: int) -> bool:
        known = self.index.city(record)
        if not self.city or not known or self.city & known:
            return False
        return max(OSA.normalized_similarity(a, b) for a in self.city for b in known) < _MISSPELT_GENERAL

    def _doubts(self, record: int) -> tuple[bool, bool, str]:
        """What puts one of two equal candidates second: another city, no city that agrees, at last the key."""
        agrees = bool(self.city & self.index.city(record))
        return (self._city_differs(record), not agrees, self.index.records[record].key)

    def _decided(self, scored: list[_Scored], limit: int) -> list[Candidate]:
        answers: list[Candidate] = []
        worth = [one for one in scored if one.score >= _PERHAPS or self._hinted(one.record)]
        for place, one in enumerate(worth[:limit]):
            words = self._written(one)
            against = [Reason("names.not_the_best")] if place else self._against(one, scored, words)
            answers.append(
                Candidate(
                    key=self.index.records[one.record].key,
                    score=round(one.score, 4),
                    decision="perhaps" if against else "same",
                    matched_name=one.known.text,
                    reasons=(*self._in_favour(one.record, one.compared, words), *against),
                )
            )
        return answers

    def _written(self, one: _Scored) -> Written:
        known = self.index.spellings(one.known.text)
        return Written(
            given=in_order(self._given_spellings(one.given.text), one.given), known=in_order(known, one.known)
        )

    def _given_spellings(self, text: str) -> dict[str, str]:
        found = self._spelt.get(text)
        if found is None:
            # A reading has its numerals in digits, the cell has them as they came.
            whole = self.index.spellings(self.query.name)
            numbers = {concept: word for concept, word in whole.items() if concept.startswith(NUMBER)}
            found = self._spelt[text] = self.index.spellings(text) | numbers
        return found

    def _hinted(self, record: int) -> bool:
        """Whether something besides the words says that it may be this one: its address, or its acronym at home."""
        return record in self.by_host or (record in self.by_acronym and not self._country_differs(record))

    def _in_favour(self, record: int, compared: Comparison, words: Written) -> list[Reason]:
        known = self.index.records[record]
        exact = words.in_list(a for a, b, _ in compared.agreed if a == b)
        reasons = [Reason("names.words_agree", {"words": exact})] if exact else []
        reasons += [
            Reason(
                "names.spelt_differently",
                {"given": words.in_list([a]), "known": words.in_directory([b]), "similarity": round(s, 3)},
            )
            for a, b, s in compared.agreed
            if a != b
        ]
        if compared.explained:
            reasons.append(Reason("names.words_explained", {"words": words.in_either(compared.explained)}))
        if self._country_agrees(record):
            reasons.append(Reason("names.country_agrees", {"country": self.country}))
        if self.city & self.index.city(record):
            reasons.append(Reason("names.city_agrees", {"city": known.city}))
        if record in self.by_host:
            theirs = [host for host in self.hosts if record in self.index.with_host(host)]
            reasons.append(Reason("names.domain_agrees", {"domain": ", ".join(theirs)}))
        if record in self.by_acronym:
            reasons.append(self._acronyms_of("names.acronym_agrees", record, self.index.with_acronym))
        elif record in self.by_initials:
            reasons.append(self._acronyms_of("names.initials_agree", record, self.index.with_initials))
        return reasons

    def _acronyms_of(self, code: str, record: int, having: Callable[[str], set[int]]) -> Reason:
        """The acronyms of the line that are the record's, as they are written."""
        written = acronyms_as_written(self.query.name)
        theirs = [written.get(key, key.upper()) for key in self.acronyms if record in having(key)]
        return Reason(code, {"acronym": ", ".join(theirs)})

    def _against(self, one: _Scored, scored: list[_Scored], words: Written) -> list[Reason]:
        """Everything that forbids an automatic match of the best candidate."""
        known = self.index.records[one.record]
        compared = one.compared
        against: list[Reason] = []
        if self._country_differs(one.record):
            against.append(Reason("names.country_differs", {"given": self.country, "known": known.country}))
        if self._city_differs(one.record) and one.record not in self.by_host:
            against.append(Reason("names.city_differs", {"given": self.query.city, "known": known.city}))
        if compared.honourees_differ:
            against.append(Reason("names.named_after_differs"))
        if compared.reordered and one.record not in self.by_host:
            against.append(Reason("names.words_reordered"))
        against += _left_over(compared, words)
        against += self._other_words(compared, words)
        against += self._too_general(one.record, compared)
        against += self._rivals(one, scored)
        return against

    def _other_words(self, compared: Comparison, words: Written) -> list[Reason]:
        """Similar words that may well be two different ones: known as a word, too far apart, another initial."""
        found = []
        for a, b, similarity in compared.agreed:
            limit = _MISSPELT_GENERAL if ":" in b else _MISSPELT
            if a != b and (
                similarity < limit or a in self.index.weights or (a[0] != bare(b)[0] and ":" not in b)
            ):
                facts: dict[str, Scalar] = {"given": words.in_list([a]), "known": words.in_directory([b])}
                found.append(Reason("names.another_word", facts))
        return found

    def _too_general(self, record: int, compared: Comparison) -> list[Reason]:
        if record in self.by_host:
            return []
        needed = _ENOUGH_AT_HOME if self._country_agrees(record) else _ENOUGH
        if compared.general:
            needed = _ENOUGH_GENERAL + (needed - _ENOUGH_AT_HOME)
        if compared.information >= needed:
            return []
        return [Reason("names.too_general", {"bits": round(compared.information, 1), "needed": needed})]

    def _rivals(self, one: _Scored, scored: list[_Scored]) -> list[Reason]:
        """Others that the line could as well mean."""
        found: dict[int, float] = {}
        for other in scored:
            if other.score < one.score - _MARGIN:
                break
            if other.record != one.record and (other.compared.complete or not one.compared.complete):
                found[other.record] = other.score
        for name in self.names:
            exactly = self.index.exactly(name) - {self.without}
            if one.record not in exactly:
                found.update(dict.fromkeys(exactly, 1.0))
        reasons = [
            Reason("names.ambiguous", {"rival": self.index.records[rival].key, "score": round(score, 4)})
            for rival, score in found.items()
            if rival != one.record and not self._told_apart(one.record, rival)
        ]
        if self.by_host and one.record not in self.by_host:
            rival = self.index.records[min(self.by_host)].key
            reasons.append(Reason("names.domain_of_another", {"rival": rival}))
        if len(self.names) > 1 and not self._all_readings_agree(one.record):
            reasons.append(Reason("names.readings_differ"))
        return reasons

    def _all_readings_agree(self, record: int) -> bool:
        return all(
            any(
                self._compares(name, self.index.variant(at).name, record)
                for at in self.index.variants_of(record)
            )
            for name in self.names
        )

    def _compares(self, name: ParsedName, known: ParsedName, record: int) -> bool:
        compared = self._compare(name, known, record)
        left = (*compared.left_given, *compared.left_known)
        return compared.score >= _MISSPELT and not any(word.startswith(NUMBER) for word in left)

    def _told_apart(self, record: int, rival: int) -> bool:
        """Whether domain, country or city leaves only the first."""
        if record in self.by_host and rival not in self.by_host:
            return True
        if self._country_differs(rival) and not self._country_differs(record):
            return True
        return bool(self.city & self.index.city(record)) and self._city_differs(rival)

    def _by_acronym_alone(self, limit: int) -> list[Candidate]:
        """A line that is nothing but an acronym: only the domain can decide it."""
        answers = []
        for record in sorted(self.by_acronym | self.by_initials | self.by_host):
            known = self.index.records[record]
            score = 0.6 if record in self.by_acronym else 0.45 if record in self.by_initials else 0.0
            score += 0.3 * (record in self.by_host) + 0.1 * self._country_agrees(record)
            score *= 0.6 if self._country_differs(record) else 1.0
            reasons = self._in_favour(record, _NOTHING, Written(given={}, known={}))
            sure = (
                record in self.by_acronym and self.by_host == {record} and not self._country_differs(record)
            )
            if self._country_differs(record):
                reasons.append(
                    Reason("names.country_differs", {"given": self.country, "known": known.country})
                )
            if not sure:
                reasons.append(Reason("names.acronym_only"))
            decision: Decision = "same" if sure else "perhaps" if score >= _PERHAPS else "different"
            answers.append(
                Candidate(
                    key=known.key,
                    score=round(score, 4),
                    decision=decision,
                    matched_name=known.names[0],
                    reasons=tuple(reasons),
                )
            )
        answers.sort(key=lambda candidate: (-candidate.score, candidate.key))
        return answers[:limit]


@dataclass(frozen=True)
class _Scored:
    """A record with its best comparison: the reading of the line and the name of the record that were compared."""

    score: float
    record: int
    compared: Comparison
    given: ParsedName
    known: ParsedName


_NOTHING = Comparison(
    score=0.0,
    information=0.0,
    agreed=(),
    explained=(),
    place_known=False,
    left_given=(),
    left_known=(),
    honourees_differ=False,
    reordered=False,
    general=True,
)


def _rank(compared: Comparison) -> tuple[float, bool, float]:
    return (compared.score, not compared.reordered, compared.information)


def _left_over(compared: Comparison, words: Written) -> list[Reason]:
    """Words that nothing accounts for; a kind of body and a part of a body are named, being commonest."""
    left = (*compared.left_given, *compared.left_known)
    reasons = [Reason("names.place_only_in_directory")] if compared.place_known else []
    if left:
        facts: dict[str, Scalar] = {
            "given": words.in_list(compared.left_given),
            "known": words.in_directory(compared.left_known),
        }
        reasons.append(Reason("names.words_left_over", facts))
    if any(word.startswith("kind:") for word in left):
        reasons.append(Reason("names.kind_differs"))
    if any(word.startswith("part:") for word in left):
        reasons.append(Reason("names.part_of_another"))
    return reasons
