"""What imports put on the desk: lists that somebody brought and did not finish."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import Office, User
from sapar.partners.models import PartnerImport
from sapar.partners.policies import may_import_partners
from sapar.partners.queries.imports import counts_of, imports_of
from sapar.partners.states import ImportState
from sapar.web.components import Action
from sapar.web.home.desk import DESK_SOURCES, DeskItem
from sapar.web.partners.imports.pages import import_url

MOST = 5


def imports_on_the_desk(user: User, office: Office, today: date) -> Iterable[DeskItem]:
    """One's own lists that are compared and wait, or whose comparison stopped."""
    if not may_import_partners(user, office):
        return
    waiting = imports_of(office).filter(made_by=user, state__in=[ImportState.MAPPED, ImportState.PREVIEWED])
    named = waiting.select_related(None).select_related("file").only("state", "file__name")
    for batch in named.order_by("-made_at")[:MOST]:
        button = Action(_("Go on"), import_url("import", office, pk=batch.pk))
        yield DeskItem(
            _("The list “%(name)s” is not imported yet.") % {"name": batch.file.name},
            button,
            note=_note(batch),
        )


def _note(batch: PartnerImport) -> str:
    if batch.state == ImportState.MAPPED:
        return _("Say what its columns mean.")
    ask = counts_of(batch).ask
    waiting = ngettext(
        "%(count)d row waits for your decision.", "%(count)d rows wait for your decision.", ask
    )
    return waiting % {"count": ask} if ask else _("It is ready.")


if imports_on_the_desk not in DESK_SOURCES:
    DESK_SOURCES.append(imports_on_the_desk)
