"""The words of letters about agreements, in the language that is active."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sapar.accounts.letters import Letter
from sapar.partners.models import Agreement


def invitation(agreement: Agreement, *, name: str, address: str) -> Letter:
    facts = {
        "name": name,
        "office": agreement.office.name_in(get_language()),
        "title": agreement.title,
        "address": address,
    }
    return Letter(
        _("%(office)s asks for your answer: %(title)s") % facts,
        _(
            "Dear %(name)s,\n\n"
            "%(office)s sends you the agreement “%(title)s”. You can read it in both languages, download it, and "
            "approve it or ask for changes on this page, without an account:\n\n%(address)s\n\n"
            "The address is meant for you alone. Please do not pass it on.\n"
        )
        % facts,
    )


def warning_of_end(agreement: Agreement, *, address: str) -> Letter:
    assert agreement.ends_on is not None
    facts = {
        "title": agreement.title,
        "partner": agreement.partnership.organisation.name,
        "day": date_format(agreement.ends_on, "DATE_FORMAT"),
        "address": address,
    }
    first = _("The agreement “%(title)s” with %(partner)s ends on %(day)s.") % facts
    if agreement.renews_automatically and agreement.renewal_months:
        then = _("It renews itself for %(months)d months unless it is terminated before.") % {
            "months": agreement.renewal_months
        }
    else:
        then = _("Decide whether to continue it. The memo on renewal shows how it was used.")
    return Letter(
        _("Ends on %(day)s: %(title)s") % facts,
        f"{first}\n{then}\n\n{address}\n",
    )
