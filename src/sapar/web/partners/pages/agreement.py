"""What the record of an agreement shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from sapar.accounts.models import User
from sapar.audit.queries import timeline
from sapar.partners.models import Agreement
from sapar.web import components as c
from sapar.web.moments import moments
from sapar.web.partners.words import page_url, state_of


@dataclass(frozen=True)
class AgreementPage:
    head: c.Head
    facts: Sequence[c.FactGroup]
    moments: Sequence[c.Moment]


def agreement_page(agreement: Agreement, user: User, *, now: datetime) -> AgreementPage:
    partnership = agreement.partnership
    return AgreementPage(
        head=c.Head(
            agreement.title,
            kind=agreement.get_kind_display(),
            number=agreement.number,
            state=state_of(agreement),
            crumbs=[c.Crumb(_("Agreements"), page_url("agreements", agreement.office))],
        ),
        facts=[
            c.FactGroup(
                _("The agreement"),
                [
                    c.Fact(
                        _("Partner"),
                        c.Link(
                            partnership.organisation.name,
                            page_url("partner", agreement.office, partnership.pk),
                        ),
                    ),
                    c.Fact(_("Begins"), agreement.starts_on),
                    c.Fact(_("Ends"), agreement.ends_on),
                ],
            )
        ],
        moments=moments(timeline(agreement)[:30], {}),
    )
