"""What lists of signed agreements put on the desk: one's own that are not taken yet, and the way to the first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from sapar.accounts.models import Office, User
from sapar.partners.models import Agreement, Partnership
from sapar.partners.policies import may_draft_agreement
from sapar.partners.queries.signed import agreement_lists_of
from sapar.partners.states import AgreementListState
from sapar.web.components import Action
from sapar.web.home.desk import DESK_SOURCES, DeskItem
from sapar.web.partners.signed.pages import signed_url

MOST = 3
OPEN = (AgreementListState.MAPPED, AgreementListState.PREVIEWED)


def agreement_lists_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    if not may_draft_agreement(user, office):
        return
    waiting = agreement_lists_of(office).filter(made_by=user, state__in=OPEN).order_by("-made_at")
    lists = list(waiting.select_related(None).select_related("file").only("file__name")[:MOST])
    for batch in lists:
        yield DeskItem(
            _("The list of agreements “%(name)s” is not on record yet.") % {"name": batch.file.name},
            Action(_("Go on"), signed_url("list", office, pk=batch.pk)),
        )
    if not lists and _begins(office):
        yield DeskItem(
            _("Your partners are here, and none of your agreements yet."),
            Action(_("Bring the list of agreements"), signed_url("new", office)),
            note=_("Signed ones come from the sheet that you keep."),
        )


def _begins(office: Office) -> bool:
    """The office has partners and has not begun with agreements."""
    if Agreement.objects.filter(office=office).exists():
        return False
    return Partnership.objects.filter(office=office).exists()


if agreement_lists_on_the_desk not in DESK_SOURCES:
    DESK_SOURCES.append(agreement_lists_on_the_desk)
