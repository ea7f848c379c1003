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


class SentOtherwise(DomainError):
    """A program took the key of one request for another one."""

    template = _("This Idempotency-Key came before with another request. Make a new key for a new request.")
    status = 422


class SignOnRefused(DomainError):
    """What a person reads who comes from their university's sign-on and is not let in."""

    status = 403


class UniversitySilent(SignOnRefused):
    template = _(
        "The sign-on of your university does not answer. Try again later, or sign in with your password."
    )
    status = 502


class AddressNotVouched(SignOnRefused):
    template = _(
        "%(name)s did not confirm an e-mail address of yours that ends in %(domains)s. Ask its computer centre to "
        "send your confirmed address along, or sign in with your password."
    )


class UnknownToUs(SignOnRefused):
    template = _(
        "Your university knows you as %(email)s, but no office has invited this address. Ask the administrator of "
        "your international office to add you as a colleague; then sign in again."
    )


class TakenByAnother(SignOnRefused):
    template = _(
        "The address %(email)s already signs in here as another person of your university. If it was given to you "
        "after somebody else, ask the administrator of your international office for an account of your own."
    )


class TooMany(DomainError):
    """One address of the network asks for more letters than a computer room of students."""

    template = _("Too many requests came from your network. Wait a minute and try again.")
    status = 429
