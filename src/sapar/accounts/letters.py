"""Letters by e-mail, from whichever room they come."""

from __future__ import annotations

from django.core.mail import send_mail

MOST_OF_A_SUBJECT = 200


def send_letter(subject: str, body: str, address: str) -> None:
    """One letter to one person.

    A subject is one line: a title that somebody pasted with a line end would be refused as a forged head, and the
    letter would never go.
    """
    send_mail(" ".join(subject.split())[:MOST_OF_A_SUBJECT], body, None, [address])
