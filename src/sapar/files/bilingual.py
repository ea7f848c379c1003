"""One text in the languages of a paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import override

from sapar.accounts.models import Office
from sapar.formats.papers import Words


def said(languages: Sequence[str], text: Callable[[], object]) -> Words:
    """`said(("ky", "ru"), lambda: _("Minutes"))`: the text once in each language."""
    words = {}
    for language in languages:
        with override(language):
            words[language] = str(text())
    return words


def same(languages: Sequence[str], text: str) -> Words:
    """A name or a number, which has no language."""
    return dict.fromkeys(languages, text)


def issuer(office: Office, languages: Sequence[str]) -> Words:
    return {language: office.name_in(language) for language in languages}


def languages_of(office: Office, own: str = "") -> tuple[str, ...]:
    """Two languages of the office's papers; with `own`, the reader's language and the office's first."""
    first = [*office.languages, "en"]
    return tuple(dict.fromkeys([own, *first] if own else first))[:2]


def how_to_check(languages: Sequence[str]) -> Words:
    """What stands beside the address that the code opens."""
    return said(languages, lambda: _("Scan or open the address to check that this paper is valid."))
