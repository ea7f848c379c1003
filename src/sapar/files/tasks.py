"""Background doors of files."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sapar.core.queue import background
from sapar.files.services import remove_unsettled

# Far longer than any transaction lasts.
WAIT = timedelta(days=1)


@background(about=None, failure=_("Content of files that were refused was not removed."))
def tidy() -> None:
    """Remove what refused uploads left in the store."""
    remove_unsettled(timezone.now() - WAIT)
