"""Where a signed link leads: one address for all purposes, `/l/<key>/`, that goes on to the right page."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from sapar.accounts.errors import LinkInvalid
from sapar.accounts.models import SignedLink
from sapar.accounts.queries import key_hash, link_by_key
from sapar.accounts.states import LinkPurpose
from sapar.web.access import SaparRequest, open_view, private

# purpose → name of the page; it takes `key`. Each room adds its own line.
LINK_HOMES: Mapping[LinkPurpose, str] = {
    LinkPurpose.ANSWER_AGREEMENT: "partners:answer_link",
    LinkPurpose.APPLY: "calls:apply",
    LinkPurpose.ANSWER_NOMINATION: "exchanges:answer_nominations",
    LinkPurpose.SIGN_LEARNING_AGREEMENT: "exchanges:sign",
    LinkPurpose.GIVE_TRANSCRIPT: "exchanges:give_transcript",
    LinkPurpose.FOLLOW_STAY: "exchanges:stay",
}


def link_url(key: str) -> str:
    """The full address that goes into a letter."""
    return f"{settings.BASE_URL.rstrip('/')}{reverse('link', kwargs={'key': key})}"


@open_view
def follow(request: SaparRequest, key: str) -> HttpResponse:
    found = SignedLink.objects.filter(key_hash=key_hash(key)).only("purpose").first()
    if found is None or LinkPurpose(found.purpose) not in LINK_HOMES:
        raise LinkInvalid
    link = link_by_key(key, LinkPurpose(found.purpose), at=timezone.now())
    page = reverse(LINK_HOMES[LinkPurpose(link.purpose)], kwargs={"key": key})
    return private(HttpResponseRedirect(page))
