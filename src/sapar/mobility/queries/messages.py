"""Questions about what was written, and about texts kept to write again."""

from __future__ import annotations

from django.db.models import QuerySet

from sapar.accounts.models import Office
from sapar.mobility.models import Message, SavedLetter


def unread_by_office() -> QuerySet[Message]:
    """What applicants and people on stays wrote and no officer has opened yet; of all offices."""
    return Message.objects.filter(from_office=False, read_at=None)


def saved_letters(office: Office) -> QuerySet[SavedLetter]:
    return SavedLetter.objects.filter(office=office)
