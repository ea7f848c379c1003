"""What audit refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sapar.core.errors import DomainError


class NoLongerFailed(DomainError):
    template = _("This background task is not among the failed ones any more.")
