"""What the record of a partner shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from sapar.accounts.models import User
from sapar.audit.queries import timeline
from sapar.partners.models import Partnership
from sapar.web import components as c
from sapar.web.moments import moments
from sapar.web.partners.words import page_url, partnership_state, state_of
from sapar.web.reporting.labels import country_name


@dataclass(frozen=True)
class PartnerPage:
    head: c.Head
    facts: Sequence[c.FactGroup]
    related: Sequence[c.Related]
    moments: Sequence[c.Moment]


def partner_page(partnership: Partnership, user: User, *, today: date) -> PartnerPage:
    organisation, office = partnership.organisation, partnership.office
    rows = [
        c.RelatedRow(
            agreement.title,
            page_url("agreement", office, agreement.pk),
            agreement.number,
            state_of(agreement),
        )
        for agreement in partnership.agreements.order_by("-made_at")[:12]
    ]
    return PartnerPage(
        head=c.Head(
            organisation.name,
            kind=organisation.get_kind_display(),
            state=partnership_state(partnership),
            crumbs=[c.Crumb(_("Partners"), page_url("home", office))],
        ),
        facts=[
            c.FactGroup(
                _("The organisation"),
                [
                    c.Fact(_("Country"), country_name(organisation.country_code)),
                    c.Fact(_("City"), organisation.city),
                ],
            )
        ],
        related=[c.Related(_("Agreements"), rows, partnership.agreements.count())],
        moments=moments(timeline(partnership)[:30], {}),
    )
