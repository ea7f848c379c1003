"""Background doors of accounts."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from sapar.accounts import letters
from sapar.accounts.letters import send_letter
from sapar.accounts.models import RoleGrant
from sapar.accounts.sendings import forget_sendings
from sapar.core.queue import background, forget_done

DAYS_KEPT = 3


@background(about=RoleGrant, failure=_("A colleague was not told of a new role."))
def welcome(grant_id: int) -> None:
    """Write to somebody who was given a role, unless it was withdrawn meanwhile."""
    grant = RoleGrant.objects.select_related("office", "user").filter(pk=grant_id).first()
    if grant is None:
        return
    base = settings.BASE_URL.rstrip("/")
    with translation.override(grant.user.language):
        letter = letters.welcome(
            grant,
            address=f"{base}/o/{grant.office.slug}/",
            password_address=f"{base}{reverse('account_reset_password')}",
        )
    send_letter(letter.subject, letter.body, grant.user.email)


@background(about=None, failure=_("Done tasks and ended sessions were not removed."))
def tidy() -> None:
    """Keep the tables small that only the program itself reads."""
    now = timezone.now()
    forget_done(now - timedelta(days=DAYS_KEPT))
    forget_sendings(now - timedelta(days=DAYS_KEPT))
    Session.objects.filter(expire_date__lt=now).delete()
