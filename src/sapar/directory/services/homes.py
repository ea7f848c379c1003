"""Which institution an office works for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sapar.accounts.actors import System
from sapar.accounts.models import Office
from sapar.audit.services import record
from sapar.directory.models import Home, Organisation
from sapar.directory.services.organisations import add_organisation


@transaction.atomic
def settle(office: Office, organisation: Organisation | None = None, *, at: datetime) -> Home:
    """Tie the office to its institution, a new one of the office's own name when none is given."""
    by = System("set-up")
    if organisation is None:
        organisation = add_organisation(
            office=office, name=office.name, country_code=office.country_code, by=by, at=at
        )
    home, _new = Home.objects.update_or_create(office=office, defaults={"organisation": organisation})
    record("directory.home.settled", subject=home, by=by, at=at, organisation=organisation.pk)
    return home
