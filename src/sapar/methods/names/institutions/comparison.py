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
    meant: Sequence[tuple[float, str, str]],
    weight: Callable[[str], float],
    given_context: frozenset[str],
    known_context: frozenset[str],
) -> Comparison:
    """Compare two names.

    Args:
        meant: what the given words may be spellings of, by `meant_by`: the same for every name they are compared with.
        weight: bits per word.
        given_context, known_context: what else each side says (city, country, its acronyms); it explains a word
            that only the other side spells out.
    """
    pairs = _pairs(meant, frozenset(known.concepts))
    shared = information = misspelt = 0.0
    for a, b, similarity in pairs:
        of_a = of_b = weight(b)
        if a != b:
            of_a = weight(a)
        shared += similarity * max(of_a, of_b)
        information += similarity * min(of_a, of_b)
        misspelt += (1 - similarity) * of_b
    used_given, used_known = {a for a, _, _ in pairs}, {b for _, b, _ in pairs}
    rest_given = [word for word in given.concepts if word not in used_given]
    rest_known = [word for word in known.concepts if word not in used_known]
    of_given = _explained(rest_given, given, known_context, used_given)
    of_known = _explained(rest_known, known, given_context, used_known)
    met: set[str] = set()
    if given.perhaps_numbers or known.perhaps_numbers:
        rest_given += sorted(_unmet(given, known))
        rest_known += sorted(_unmet(known, given))
        met = _met(rest_given, known) | _met(rest_known, given)
    left_given = tuple(word for word in rest_given if word not in of_given and word not in met)
    left_known = tuple(word for word in rest_known if word not in of_known and word not in met)
    missing = sum(map(weight, left_given)) + sum(map(weight, left_known))
    missing += _EXPLAINED * (sum(map(weight, of_given)) + sum(map(weight, of_known)))
    # A misspelt word is one word, not two: what it lacks counts once.
    missing += misspelt
    proper = [b for b in used_known if ":" not in b and b not in known_context]
    if not proper:
        left_given += tuple(sorted(given.initials - known.initials))
    return Comparison(
        score=shared / (shared + missing) if shared else 0.0,
        information=information,
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
    if not rest or not (context or name.honoree):
        return set()
    dedicated = not name.honoree.isdisjoint(used)
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


def meant_by(given: ParsedName, near: Callable[[str], Mapping[str, float]]) -> list[tuple[float, str, str]]:
    """(similarity, word given, word it may be a spelling of), the most similar first.

    Args:
        near: the words a given word may be a spelling of, with their similarities.
    """
    options = [(similarity, a, b) for a in given.concepts for b, similarity in near(a).items()]
    options.sort(key=lambda option: (-option[0], option[1], option[2]))
    return options


def _pairs(meant: Sequence[tuple[float, str, str]], known: frozenset[str]) -> list[tuple[str, str, float]]:
    """Pairs of equal or similar words, the most similar first, each word once."""
    pairs: list[tuple[str, str, float]] = []
    used_given: set[str] = set()
    used_known: set[str] = set()
    for similarity, a, b in meant:
        if b in known and a not in used_given and b not in used_known:
            pairs.append((a, b, similarity))
            used_given.add(a)
            used_known.add(b)
    return pairs


def _reordered(given: ParsedName, known: ParsedName, pairs: Sequence[tuple[str, str, float]]) -> bool:
    """Whether the words that qualify come in another order.

    "University of Warsaw" is "Warsaw University", but "California Southern University" is not "University of
    Southern California": kinds and places may move, and a proper name may lead or close.
    """
    if len(pairs) < 2:
        return False
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
