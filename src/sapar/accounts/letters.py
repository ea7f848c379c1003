"""Letters by e-mail, from whichever room they come, and those about accounts."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.mail import send_mail
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sapar.accounts.models import RoleGrant

MOST_OF_A_SUBJECT = 200


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str


def send_letter(subject: str, body: str, address: str) -> None:
    """One letter to one person.

    A subject is one line: a title that somebody pasted with a line end would be refused as a forged head, and the
    letter would never go.
    """
    send_mail(" ".join(subject.split())[:MOST_OF_A_SUBJECT], body, None, [address])


def welcome(grant: RoleGrant, *, address: str, password_address: str) -> Letter:
    """To somebody who was given a role, in the language that is active."""
    facts = {
        "name": grant.user.name,
        "office": grant.office.name_in(get_language()),
        "role": grant.get_role_display(),
        "address": address,
        "password": password_address,
    }
    body = _("Dear %(name)s,\n\nin Sapar you now have the role “%(role)s” at %(office)s:\n\n%(address)s\n")
    if not grant.user.has_usable_password():
        body += _(
            "\nYou have no password yet. Set one here, with the address to which this letter came:\n\n"
            "%(password)s\n"
        )
    return Letter(_("Your role at %(office)s") % facts, body % facts)
