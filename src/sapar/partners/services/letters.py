"""Keys for letters: made where they are sent, kept nowhere."""

from __future__ import annotations

from datetime import datetime

from sapar.accounts.models import SignedLink
from sapar.accounts.services import make_link
from sapar.accounts.states import LinkPurpose


def key_for_letter(link: SignedLink, *, at: datetime) -> tuple[SignedLink, str] | None:
    """A second link for the holder of `link`, with its key; None when the invitation no longer stands."""
    if link.revoked_at is not None or link.expires_at <= at:
        return None
    return make_link(
        LinkPurpose.ANSWER_AGREEMENT,
        link.subject_id,
        office=link.office,
        holder_name=link.holder_name,
        holder_email=link.holder_email,
        language=link.language,
        at=at,
    )
