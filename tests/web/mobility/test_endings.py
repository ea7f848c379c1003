"""Cancelling and ending stays through their pages."""

from __future__ import annotations

from datetime import date

import pytest

from sapar.mobility.models import Exchange
from sapar.mobility.services.endings import cancel_exchange
from sapar.mobility.services.exchanges import note_arrival
from sapar.mobility.states import EndReason, ExchangeState
from tests.cast import NOW, Cast, signed_in
from tests.mobility.stays import accepted_stay

LETTERS = {"language": "en", "name": "", "email": ""}


def url(exchange: Exchange, tail: str = "") -> str:
    return f"/o/{exchange.office.slug}/stays/{exchange.pk}/{tail}"


def begun(cast: Cast) -> Exchange:
    return note_arrival(accepted_stay(cast), arrived_on=date(2026, 10, 1), by=cast.officer, at=NOW)


@pytest.mark.usefixtures("db")
def test_stay_ends_early_and_goes_on_again_through_pages(cast: Cast) -> None:
    stay, client = begun(cast), signed_in(cast.officer)
    assert "End the stay early" in client.get(url(stay)).content.decode()
    sent = {**LETTERS, "left_on": "04.10.2026", "reason": "other", "words": ""}
    refused = client.post(url(stay, "end/"), sent)
    assert refused.status_code == 422
    assert "which other reason" in refused.content.decode()
    refused = client.post(url(stay, "end/"), {**sent, "words": "Moved", "tell": "on"})
    assert "Write an address" in refused.content.decode()
    client.post(url(stay, "end/"), {**sent, "words": "Moved"})
    stay.refresh_from_db()
    assert (stay.state, stay.end_words) == (ExchangeState.BROKEN_OFF, "Moved")
    page = client.get(url(stay)).content.decode()
    assert "another reason" in page
    assert "Take the departure back" in page
    client.post(url(stay, "leave/back/"), {**LETTERS, "why": "Mistaken"})
    stay.refresh_from_db()
    assert stay.state == ExchangeState.AWAY


def test_cancelled_stay_is_found_by_its_reason_and_reinstated(cast: Cast) -> None:
    stay, client = accepted_stay(cast), signed_in(cast.officer)
    client.post(url(stay, "cancel/"), {**LETTERS, "reason": "visa", "words": "Refused"})
    rows = client.get(f"/o/{cast.office.slug}/stays/?end=visa").content.decode()
    assert stay.person.display_name in rows
    assert (
        stay.person.display_name not in client.get(f"/o/{cast.office.slug}/stays/?end=money").content.decode()
    )
    client.post(url(stay, "cancel/back/"), {**LETTERS, "why": "Visa came"})
    stay.refresh_from_db()
    assert stay.state == ExchangeState.ACCEPTED


def test_pages_of_ends_are_for_the_office_alone(cast: Cast) -> None:
    stay = begun(cast)
    gone = cancel_exchange(accepted_stay(cast, given="Bek"), reason=EndReason.VISA, by=cast.officer, at=NOW)
    for one, tail in ((stay, "end/"), (stay, "leave/back/"), (gone, "cancel/"), (gone, "cancel/back/")):
        assert signed_in(cast.reader).get(url(one, tail)).status_code == 403
        assert signed_in(cast.other_officer).get(url(one, tail)).status_code == 404
