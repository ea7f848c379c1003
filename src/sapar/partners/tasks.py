"""Background doors of partners: ids in, one service call, letters out."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from sapar.accounts.actors import System
from sapar.accounts.letters import send_letter
from sapar.accounts.models import SignedLink, User
from sapar.accounts.queries import belongs_to, colleagues
from sapar.accounts.services import mailed
from sapar.accounts.states import Role
from sapar.core.queue import background
from sapar.partners import letters
from sapar.partners.models import Agreement
from sapar.partners.services.letters import key_for_letter


@background(about=SignedLink, failure=_("A partner was not sent the link to an agreement."))
def invite(link_id: int) -> None:
    """Mail the partner a link of their own, unless the invitation was taken back meanwhile."""
    link, at = SignedLink.objects.select_related("office").get(pk=link_id), timezone.now()
    made = key_for_letter(link, at=at)
    if made is None:
        return
    second, key = made
    agreement = Agreement.objects.select_related("office").get(pk=link.subject_id)
    with translation.override(link.language):
        letter = letters.invitation(agreement, name=link.holder_name, address=_address(f"/l/{key}/"))
    with mailed(second, at=at):
        send_letter(letter.subject, letter.body, link.holder_email)


@background(about=Agreement, failure=_("Nobody was warned that an agreement ends."))
def warn(agreement_id: int) -> None:
    """Tell whoever is responsible, or all officers where nobody is, that the agreement is about to end.

    Each reader's letter is a task of its own: one refused address keeps none from the others, and none comes twice.
    """
    agreement = Agreement.objects.select_related("office", "responsible").get(pk=agreement_id)
    responsible = agreement.responsible
    readers = (
        [responsible]
        if responsible is not None and belongs_to(responsible, agreement.office_id)
        else list(colleagues(agreement.office, Role.OFFICER))
    )
    with transaction.atomic():
        for reader in readers:
            warn_reader.enqueue(agreement.pk, reader.pk)


@background(about=Agreement, failure=_("Nobody was warned that an agreement ends."))
def warn_reader(agreement_id: int, user_id: int) -> None:
    """One letter of `warn`."""
    agreement = Agreement.objects.select_related("office", "partnership__organisation").get(pk=agreement_id)
    reader = User.objects.get(pk=user_id)
    address = _address(f"/o/{agreement.office.slug}/agreements/{agreement.pk}/")
    with translation.override(reader.language):
        letter = letters.warning_of_end(agreement, address=address)
    send_letter(letter.subject, letter.body, reader.email)


@background(about=None, failure=_("Agreements past their last day were neither ended nor renewed."))
def end_agreements() -> int:
    """Expire or renew what passed its last day; safe to repeat."""
    from sapar.partners.services.ending import pass_end_dates  # services enqueue the tasks above

    return pass_end_dates(on=timezone.localdate(), by=System("end of agreements"), at=timezone.now())


@background(about=None, failure=_("Agreements that end soon were not looked for."))
def warn_of_ends() -> int:
    """Write once about each agreement whose notice period has begun; safe to repeat."""
    from sapar.partners.services import ending  # services enqueue the tasks above

    return ending.warn_of_ends(on=timezone.localdate(), by=System("end of agreements"), at=timezone.now())


def _address(path: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{path}"
