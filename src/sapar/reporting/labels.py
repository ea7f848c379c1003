"""How figures and their rows are called in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sapar.directory.fields import BROAD, field_label
from sapar.directory.models import Organisation, Unit
from sapar.mobility.states import EndReason
from sapar.partners.states import AgreementKind
from sapar.reporting.definitions import BY_CODE, By
from sapar.reporting.models import Figure


def country_name(code: str) -> str:
    """The country in the reader's language; CLDR's Russian name of Kyrgyzstan is not the country's own."""
    language = (get_language() or "en").split("-")[0]
    if code == "KG" and language == "ru":
        return "Кыргызстан"
    return str(Locale.parse(language).territories.get(code, code)) if code else _("not known")


def row_names(figures: Iterable[Figure]) -> dict[tuple[str, str], str]:
    """(figure code, row) → words; organisations and units are read in two queries for all figures."""
    rows = [(figure.code, figure.row) for figure in figures if BY_CODE[figure.code].by != By.NOTHING]
    partners = _names(Organisation, rows, By.PARTNER)
    units = _names(Unit, rows, By.FACULTY)
    kinds = {kind.value: str(kind.label) for kind in AgreementKind}
    reasons = {reason.value: str(reason.label) for reason in EndReason}
    named = {}
    for code, row in rows:
        match BY_CODE[code].by:
            case By.COUNTRY:
                words = country_name(row)
            case By.KIND:
                words = kinds.get(row, row)
            case By.FIELD:
                words = field_label(row) if row in BROAD else _("not known")
            case By.REASON:
                words = reasons.get(row, _("not known"))
            case By.PARTNER:
                words = partners.get(row, _("not known"))
            case _:
                words = units.get(row, _("not known"))
        named[code, row] = words
    return named


def _names(
    model: type[Organisation] | type[Unit], rows: Iterable[tuple[str, str]], by: By
) -> Mapping[str, str]:
    ids = [int(row) for code, row in rows if BY_CODE[code].by == by and row]
    if model is Organisation:
        return {
            str(pk): name for pk, name in Organisation.objects.filter(pk__in=ids).values_list("pk", "name")
        }
    return {str(unit.pk): unit.said for unit in Unit.objects.filter(pk__in=ids)}
