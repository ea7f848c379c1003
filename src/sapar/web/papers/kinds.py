"""What the papers are called."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from sapar.web.components import Text

KINDS: Mapping[str, Text] = {
    "agreement": _("Agreement"),
    "annual_report": _("Annual report"),
    "placing_minutes": _("Minutes on the giving of places"),
    "placing_letter": _("Letter on the decision"),
    "learning_agreement": _("Learning agreement"),
    "stay_certificate": _("Certificate of stay"),
    "visit_certificate": _("Certificate of a group visit"),
    "transcript": _("Transcript of records"),
    "recognition_protocol": _("Protocol on recognition"),
    "recognition_order": _("Order on recognition"),
    "renewal_memo": _("Memo on renewal"),
}


def kind_words(kind: str) -> Text:
    return KINDS.get(kind, kind.replace("_", " "))
