"""One reading of a line beside one name of a record: what agrees, what is explained, what is left over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sapar.methods.names.institutions.numerals import NUMBER, letter_of
from sapar.methods.names.institutions.parsing import ParsedName

# What a missing word costs that the place or the person honoured explains.
_EXPLAINED = 0.15


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The outcome.

    Attributes:
        score: weighted share of the words in common, in [0, 1].
        information: bits that the words in common carry.
        agreed: (word given, word known, similarity).
        explained: words of one side that the other's context or its own honouree accounts for.
        place_known: whether one of them is a place that only the directory's name has.
        left_given, left_known: words of one side that nothing accounts for.
        honourees_differ: both are named after somebody, and not after the same.
        reordered: the same words in another order, other than moving a place or a person.
        general: nothing but words of the trade in common: no place, country or proper name.
    """

    score: float
    information: float
    agreed: tuple[tuple[str, str, float], ...]
    explained: tuple[str, ...]
    place_known: bool
    left_given: tuple[str, ...]
    left_known: tuple[str, ...]
    honourees_differ: bool
    reordered: bool
    general: bool

    @property
    def complete(self) -> bool:
        return not self.left_given and not self.left_known


def compare_names(
    given: ParsedName,
    known: ParsedName,
    *,
    near: Callable[[str], Mapping[str, float]],
    weight: Callable[[str], float],
    given_context: frozenset[str],
    known_context: frozenset[str],
) -> Comparison:
    """Compare two names.

    Args:
        near: the words a given word may be a spelling of, with their similarities.
        weight: bits per word.
        given_context, known_context: what else each side says (city, country, its acronyms); it explains a word
            that only the other side spells out.
    """
    pairs = _pairs(given.concepts, known.concepts, near)
    shared = sum(
        similarity * (weight(a) if a == b else max(weight(a), weight(b))) for a, b, similarity in pairs
    )
    used_given, used_known = {a for a, _, _ in pairs}, {b for _, b, _ in pairs}
    rest_given = [word for word in given.concepts if word not in used_given]
    rest_known = [word for word in known.concepts if word not in used_known]
    of_given = _explained(rest_given, given, known_context, used_given)
    of_known = _explained(rest_known, known, given_context, used_known)
    rest_given += sorted(_unmet(given, known))
    rest_known += sorted(_unmet(known, given))
    met = _met(rest_given, known) | _met(rest_known, given)
    left_given = tuple(word for word in rest_given if word not in of_given | met)
    left_known = tuple(word for word in rest_known if word not in of_known | met)
    missing = sum(map(weight, left_given)) + sum(map(weight, left_known))
    missing += _EXPLAINED * (sum(map(weight, of_given)) + sum(map(weight, of_known)))
    # A misspelt word is one word, not two: what it lacks counts once.
    missing += sum((1 - similarity) * weight(b) for _, b, similarity in pairs)
    proper = [b for b in used_known if ":" not in b and b not in known_context]
    if not proper:
        left_given += tuple(sorted(given.initials - known.initials))
    return Comparison(
        score=shared / (shared + missing) if shared else 0.0,
        information=sum(similarity * min(weight(a), weight(b)) for a, b, similarity in pairs),
        agreed=tuple(pairs),
        explained=(*sorted(of_given), *sorted(of_known)),
        place_known=any(word in given_context for word in of_known),
        left_given=left_given,
        left_known=left_known,
        honourees_differ=bool(
            given.honoree
            and known.honoree
            and not any(a in given.honoree or b in known.honoree for a, b, _ in pairs)
        ),
        reordered=_reordered(given, known, pairs),
        general=all(b.startswith(("kind:", "word:", "part:", NUMBER)) for b in used_known),
    )


def _explained(
    rest: Sequence[str], name: ParsedName, context: frozenset[str], used: frozenset[str] | set[str]
) -> set[str]:
    """Words that the context or the dedication accounts for. A number belongs to a dedication only as a whole: "John
    Paul II" may be left out, but is not John Paul I."""
    dedicated = any(word in name.honoree for word in used)
    return {
        word
        for word in rest
        if word in context or (word in name.honoree and not (dedicated and word.startswith(NUMBER)))
    }


def _unmet(name: ParsedName, other: ParsedName) -> set[str]:
    """Letters of `name` that may be numbers and are neither a number nor a letter of the other name."""
    return {
        number
        for number in name.perhaps_numbers
        if number not in other.concepts
        and number not in other.perhaps_numbers
        and letter_of(number) not in other.letters
    }


def _met(rest: Sequence[str], other: ParsedName) -> set[str]:
    """Numbers left over that the other name has as a letter which may be one."""
    return {word for word in rest if word in other.perhaps_numbers}


def _pairs(
    given: Sequence[str], known: Sequence[str], near: Callable[[str], Mapping[str, float]]
) -> list[tuple[str, str, float]]:
    """Pairs of equal or similar words, the most similar first, each word once."""
    there = set(known)
    options = [(similarity, a, b) for a in given for b, similarity in near(a).items() if b in there]
    options.sort(key=lambda option: (-option[0], option[1], option[2]))
    pairs: list[tuple[str, str, float]] = []
    used: set[tuple[str, bool]] = set()
    for similarity, a, b in options:
        if (a, True) not in used and (b, False) not in used:
            pairs.append((a, b, similarity))
            used |= {(a, True), (b, False)}
    return pairs


def _reordered(given: ParsedName, known: ParsedName, pairs: Sequence[tuple[str, str, float]]) -> bool:
    """Whether the words that qualify come in another order.

    "University of Warsaw" is "Warsaw University", but "California Southern University" is not "University of
    Southern California": kinds and places may move, and a proper name may lead or close.
    """
    place = {word: at for at, word in enumerate(known.concepts)}
    into = {a: b for a, b, _ in pairs}
    order = [
        (place[into[word]], into[word])
        for word in given.concepts
        if word in into and word not in given.honoree and into[word] not in known.honoree
    ]
    words = [(at, word) for at, word in order if not word.startswith(("kind:", "place:"))]
    for (before, first), (after, second) in pairwise(words):
        if after < before and (first.startswith("word:") or second.startswith("word:")):
            trade = first.startswith("word:") and second.startswith("word:")
            direction = {"word:south", "word:north", "word:east", "word:west", "word:central", "word:new"}
            if trade or {first, second} & direction:
                return True
    return False
