"""What interop refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sapar.core.errors import DomainError


class AddressRefused(DomainError):
    template = _("Messages are not sent to %(url)s: %(reason)s.")
    status = 422


class UnknownFacts(DomainError):
    template = _("There are no facts of these names: %(names)s.")
    status = 422
