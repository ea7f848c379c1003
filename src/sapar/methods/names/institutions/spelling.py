"""How the words of two names are written in them, so that reasons show words and never keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sapar.methods.names.institutions.numerals import in_digits, number_of
from sapar.methods.names.institutions.parsing import ParsedName, acronym_key, joined, keys_of
from sapar.methods.names.institutions.words import STOP_KEYS, concept, spelt_out
from sapar.methods.names.scripts import WORD

# At most so many neighbouring words say one thing together ("Ala Too", "University of Applied Sciences").
_WORDS_OF_ONE = 4


def spellings(text: str, joins: frozenset[str] = frozenset()) -> dict[str, str]:
    """How the concepts of a name are written in it: concept → word, or neighbouring words that say it together.

    An abbreviation that holds two concepts ("госуниверситет") is spelt out. Made only for names that are shown.

    Args:
        joins: as in `parse_name`.
    """
    found: dict[str, str] = {}
    for whole in dict.fromkeys((text, spelt_out(in_digits(text)))):
        words = list(WORD.finditer(whole))
        for length in range(1, _WORDS_OF_ONE + 1):
            for first, last in zip(words, words[length - 1 :], strict=False):
                start, end = first.start(), last.end()
                # Some abbreviations are known by their full stop.
                for written in (whole[start:end], whole[start : end + 1])[: 1 + whole.startswith(".", end)]:
                    keys = joined(keys_of(written), joins)
                    if len(keys) == 1 and keys[0] not in STOP_KEYS:
                        found.setdefault(number_of(keys[0]) or concept(keys[0]), written.strip())
    return found


def acronyms_as_written(text: str) -> dict[str, str]:
    """Acronym key → the word of `text` that it was made of."""
    found: dict[str, str] = {}
    for word in re.split(r"[\s()/|;,]+", text):
        found.setdefault(acronym_key(word), word)
    return found


@dataclass(frozen=True)
class Written:
    """How the concepts of the two names compared are written there, so that reasons never show keys."""

    given: Mapping[str, str]
    known: Mapping[str, str]

    def in_list(self, concepts: Iterable[str]) -> str:
        return _shown(concepts, self.given)

    def in_directory(self, concepts: Iterable[str]) -> str:
        return _shown(concepts, self.known)

    def in_either(self, concepts: Iterable[str]) -> str:
        return _shown(concepts, {**self.known, **self.given})


def bare(word: str) -> str:
    """A concept without its group."""
    return word.partition(":")[2] or word


def in_order(written: Mapping[str, str], name: ParsedName) -> dict[str, str]:
    """The spellings of a name's concepts in the order of the name."""
    return {concept: written.get(concept, bare(concept)) for concept in name.concepts}


def _shown(concepts: Iterable[str], written: Mapping[str, str]) -> str:
    """The words in the order and the spelling of `written`, each once; single letters are their own spelling."""
    wanted = list(concepts)
    ordered = [word for concept, word in written.items() if concept in wanted]
    return " ".join(dict.fromkeys([*ordered, *(bare(one) for one in wanted if one not in written)]))
