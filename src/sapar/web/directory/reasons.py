"""Why two names are taken for one institution, or not, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from sapar.reporting.labels import country_name
from sapar.web.components import Text

SPEAKS_FOR: Mapping[str, Text] = {
    "names.words_agree": _l("The words agree: %(words)s."),
    "names.spelt_differently": _l("“%(given)s” is taken for “%(known)s”."),
    "names.words_explained": _l("Explained by place or dedication: %(words)s."),
    "names.country_agrees": _l("The country is the same."),
    "names.city_agrees": _l("The city is the same: %(city)s."),
    "names.domain_agrees": _l("The web or mail address is theirs: %(domain)s."),
    "names.acronym_agrees": _l("The acronym is theirs: %(acronym)s."),
    "names.initials_agree": _l("The acronym is made of the initials of their name: %(acronym)s."),
    "imports.identifier_agrees": _l("The identifier %(value)s is theirs."),
}
SPEAKS_AGAINST: Mapping[str, Text] = {
    "names.not_the_best": _l("Another one fits better."),
    "names.country_differs": _l("Your list says %(given)s, the directory says %(known)s."),
    "names.city_differs": _l("Your list says %(given)s, the directory says %(known)s."),
    "names.named_after_differs": _l("It is named after somebody else."),
    "names.words_reordered": _l("The same words stand in another order."),
    "names.words_left_over_given": _l("Only in your list: %(given)s."),
    "names.words_left_over_known": _l("Only in the directory: %(known)s."),
    "names.words_left_over_both": _l("Only in your list: %(given)s. Only in the directory: %(known)s."),
    "names.kind_differs": _l("It is another kind of institution."),
    "names.part_of_another": _l("One of the two seems to be a part of the other."),
    "names.another_word": _l("“%(given)s” may be another word than “%(known)s”."),
    "names.place_only_in_directory": _l("Only the directory's name has the place."),
    "names.too_general": _l("The name says too little to be sure."),
    "names.ambiguous": _l("Another one fits as well."),
    "names.domain_of_another": _l("The web or mail address belongs to another one."),
    "names.readings_differ": _l("The two names in the cell may be two institutions."),
    "names.acronym_only": _l("An acronym alone is not enough."),
    "imports.name_of_another": _l("The name does not fit the identifier."),
}
OTHER: Mapping[str, Text] = {
    "imports.not_in_directory": _l("The directory has nothing like it."),
    "imports.country_missing": _l(
        "The directory has nothing like it, and your list does not say in which country it is."
    ),
    "imports.same_as_row": _l("The same as row %(row)s."),
    "imports.resembles_row": _l("Very much like row %(row)s: “%(name)s”."),
    "imports.partner_already": _l("A partner of yours already."),
}


@dataclass(frozen=True)
class Told:
    """One reason as a sentence; `speaks` is "for", "against" or ""."""

    text: str
    speaks: str


def told(reasons: Iterable[Mapping[str, Any]]) -> list[Told]:
    return [
        sentence for reason in reasons if (sentence := _told(str(reason["code"]), reason.get("facts", {})))
    ]


def _told(code: str, facts: Mapping[str, Any]) -> Told | None:
    if code == "names.words_left_over":
        sides = [side for side in ("given", "known") if facts.get(side)]
        code = f"{code}_{'both' if len(sides) == 2 else sides[0]}" if sides else ""
    if code == "names.country_differs":
        facts = {side: country_name(str(value)) for side, value in facts.items()}
    for speaks, words in (("for", SPEAKS_FOR), ("against", SPEAKS_AGAINST), ("", OTHER)):
        if code in words:
            return Told(str(words[code]) % facts, speaks)
    return None


def in_one_line(reasons: Iterable[Mapping[str, Any]]) -> str:
    """The sentences one after the other; what speaks against comes first."""
    sentences = told(reasons)
    sentences.sort(key=lambda sentence: sentence.speaks == "for")
    return " ".join(sentence.text for sentence in sentences)


def percent(score: float | None) -> str:
    return "" if score is None else _("%(percent)d %% alike") % {"percent": round(100 * score)}
