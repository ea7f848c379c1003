"""What accounts refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sapar.core.errors import DomainError


class LinkInvalid(DomainError):
    """One sentence for unknown, expired and revoked, so that guessing teaches nothing."""

    template = _("This link is not valid any more. Ask the office that sent it for a new one.")
    status = 404


class LastAdministrator(DomainError):
    template = _("%(name)s is the last administrator of this office. Name another one first.")


class TokenInvalid(DomainError):
    template = _("The access token is unknown, expired or withdrawn.")
    status = 401
