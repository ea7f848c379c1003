"""Background doors of accounts."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.accounts.sendings import forget_sendings
from sapar.core.queue import background, forget_done

DAYS_KEPT = 3


@background(about=None, failure=_("Done tasks and ended sessions were not removed."))
def tidy() -> None:
    """Keep the tables small that only the program itself reads."""
    now = timezone.now()
    forget_done(now - timedelta(days=DAYS_KEPT))
    forget_sendings(now - timedelta(days=DAYS_KEPT))
    Session.objects.filter(expire_date__lt=now).delete()
