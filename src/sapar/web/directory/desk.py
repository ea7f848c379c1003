"""What stands on the desk about people: whom an administrator is asked to erase."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from sapar.accounts.models import Office, User
from sapar.accounts.policies import may_administer
from sapar.mobility.models import Erasure
from sapar.mobility.policies import may_confirm_erasure
from sapar.mobility.states import ErasureState
from sapar.web.components import Action
from sapar.web.directory.lists import shown_name
from sapar.web.directory.words import page_url
from sapar.web.home.desk import DESK_SOURCES, DeskItem


def erasures_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    """For those who may confirm, and nobody else: who asked sees it on the person's page."""
    if not may_administer(user, office):
        return
    waiting = Erasure.objects.filter(office=office, state=ErasureState.ASKED)
    for asked in waiting.select_related("office", "person", "asked_by").order_by("asked_at", "pk"):
        if may_confirm_erasure(user, asked):
            yield DeskItem(
                _("%(name)s asks to erase %(person)s.")
                % {"name": asked.asked_by.name, "person": shown_name(asked.person)},
                Action(_("Look and decide"), page_url("erase", office, asked.person_id)),
                since_on=asked.asked_at.date(),
                note=str(asked.get_ground_display()),
            )


DESK_SOURCES.append(erasures_on_the_desk)
