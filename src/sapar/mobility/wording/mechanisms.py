"""The ways of giving places, named as offices know them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MECHANISMS: dict[str, str | Promise] = {
    "deferred_acceptance": _("deferred acceptance"),
    "serial_dictatorship": _("by points, one after another"),
    "immediate_acceptance": _("first wishes first"),
}
MECHANISM_HELP: dict[str, str | Promise] = {
    "deferred_acceptance": _(
        "Nobody is passed over by somebody with fewer points, and naming one's true wishes is always best."
    ),
    "serial_dictatorship": _(
        "Whoever has most points chooses first. Reserved places may be given against the order of points."
    ),
    "immediate_acceptance": _(
        "All first wishes are served before any second one. It punishes those who name a popular host first."
    ),
}


def mechanism_name(code: str) -> str:
    return str(MECHANISMS.get(code, code))
