"""How a mark was converted and what was suggested, in sentences for pages and protocols alike."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.methods.recognition.shipped import shipped_scales, shipped_tables
from sapar.mobility.wording.rules import shown

Data = Mapping[str, Any]
# The ways that make one mark of another; besides them a mark is taken over, or known as passed and no more.
CONVERTED = frozenset({"distribution", "table", "modified_bavarian", "linear"})


def method_sentence(conversion: Data) -> str:
    """One sentence: what the mark became and by which way."""
    title = conversion.get("table_title") or table_title(conversion["table"])
    facts = {"mark": conversion["mark"], "result": conversion["result"], "table": title}
    match conversion["method"]:
        case "distribution":
            return (
                _("“%(mark)s” becomes “%(result)s”: by the grade distributions of both institutions.") % facts
            )
        case "table":
            return _("“%(mark)s” becomes “%(result)s”: by the published table “%(table)s”.") % facts
        case "modified_bavarian":
            return _("“%(mark)s” becomes “%(result)s”: by the modified Bavarian formula.") % facts
        case "linear":
            return _("“%(mark)s” becomes “%(result)s”: by linear conversion.") % facts
    if facts["result"] in ("P", "F"):
        words = _("passed") if conversion["passing"] else _("not passed")
        return _("“%(mark)s” is %(words)s on the scale “%(table)s”; no sourced conversion is known.") % {
            **facts,
            "words": words,
        }
    return _("“%(mark)s” is taken over as “%(result)s”: both marks stand on the scale “%(table)s”.") % facts


def table_title(code: str) -> str:
    """What a shipped scale or table is called; an office's own has its title beside the mark."""
    titles = {scale.id: scale.title for scale in shipped_scales()}
    titles |= {table.id: table.title for table in shipped_tables()}
    return titles.get(code, code)


def rule_words(rule: str) -> str:
    """Which grade is taken when a range meets several."""
    words = {
        "min": _("the lowest of the grades met"),
        "mid": _("the grade in which the middle of the range lies"),
        "max": _("the best of the grades met"),
    }
    return words.get(rule, rule)


def way_sentences(conversion: Data) -> list[str]:
    """Every step of the way, for whoever opens the details."""
    found = []
    for reason in conversion["reasons"]:
        found.append(_reason(reason))
    for part in conversion["overlaps"]:
        facts = {"grade": part["grade"], "from": percent(part["from"]), "to": percent(part["to"])}
        found.append(_("The range meets “%(grade)s” from %(from)s to %(to)s %%.") % facts)
    return [sentence for sentence in found if sentence]


def _reason(reason: Data) -> str:
    match reason["code"]:
        case "recognition.range":
            return _(
                "The mark covers %(from)s to %(to)s %% of those who passed, counted from the best "
                "(%(counted)s marks there, %(counted_target)s here)."
            ) % {**reason, "from": shown_percent(reason["from"]), "to": shown_percent(reason["to"])}
        case "recognition.rule":
            count = int(reason["of"])
            return ngettext(
                "Its range meets %(count)s grade.",
                "Its range meets %(count)s grades; taken is %(rule)s.",
                count,
            ) % {"count": count, "rule": rule_words(reason["rule"])}
        case "recognition.unseen_grade":
            return _("Nobody received “%(grade)s” in the years counted; it is placed at its border.") % reason
        case "recognition.other_group":
            return _("The two groups differ in field or level (%(source)s and %(target)s).") % reason
        case "recognition.table_row":
            return _("Row “%(row)s” of the table.") % reason
        case "recognition.band":
            return _("Band “%(band)s” of the scale “%(scale)s”.") % reason
        case "recognition.formula":
            return _("Best mark %(best)s, lowest pass %(lowest_pass)s, exactly %(exact)s.") % reason
    return str(reason["code"])


def percent(share: str) -> str:
    return shown(float(Fraction(share) * 100).__round__(1))


def shown_percent(text: str) -> str:
    return shown(round(float(Fraction(text)), 1))


def suggestion_sentence(suggestion: Data) -> str:
    """What speaks for the suggested verdict."""
    match suggestion["because"]:
        case "not_in_transcript":
            return _("Not in the transcript: %(titles)s.") % {"titles": ", ".join(suggestion["missing"])}
        case "not_passed":
            return _("Not passed at the host.")
        case "no_factor":
            return _("Its credits have another unit, and no factor for it is chosen yet.")
        case "learning_agreement":
            return _("Agreed in the learning agreement.")
        case "equivalence":
            uses = int(suggestion.get("uses", 1))
            return ngettext(
                "Decided so %(count)s time before.", "Decided so %(count)s times before.", uses
            ) % {"count": uses}
    return _("Nothing was agreed for it; it can count as an elective.")


def refusal_sentence(code: str, text: str) -> str:
    """Why a mark could not be converted."""
    words = {
        "recognition.unknown_mark": _("The mark is not on its scale."),
        "recognition.group_too_small": _("Too few marks were counted for a conversion."),
        "recognition.too_few_years": _("Too few years were counted for a conversion."),
        "recognition.ambiguous_mark": _("The number can be read as points and as percent; say which it is."),
        "recognition.between_bands": _("The mark lies between two bands of its scale."),
    }
    return words.get(code, text)
