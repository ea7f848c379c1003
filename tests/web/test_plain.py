"""The zero character reaches no view: PostgreSQL would refuse it. A new line is one character."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict

from sapar.mobility.models import Message
from sapar.web.plain import plain
from tests.cast import Cast, signed_in
from tests.story import apply, open_call_with, partner_in_force, student


def test_plain_data_are_the_same_object() -> None:
    data = QueryDict("a=1&a=2&b=")
    assert plain(data) is data


def test_zero_is_left_out_of_names_and_values_and_order_is_kept() -> None:
    found = plain(QueryDict("a%00=x%00y&a=2&b=%00"))
    assert found == QueryDict("a=xy&a=2&b=")
    with pytest.raises(AttributeError, match="immutable"):
        found["a"] = "3"


@pytest.mark.django_db
def test_pages_answer_what_was_sent_with_a_zero(cast: Cast) -> None:
    client = signed_in(cast.officer)
    office = f"/o/{cast.office.slug}"
    assert client.get(f"{office}/search/?q=%00a").status_code == 200
    assert client.get(f"{office}/people/?q=%00").status_code == 200
    assert client.get(f"{office}/recognition/scales/a%00/").status_code == 404
    application, _link = apply(open_call_with(cast, partner_in_force(cast)), student(cast, "Asel", "90"))
    client.post(f"{office}/applications/{application.pk}/message/", {"text": "Good\0 day"})
    assert Message.objects.get().text == "Good day"


@pytest.mark.django_db
def test_text_of_the_length_that_the_page_allows_keeps_its_end(cast: Cast) -> None:
    application, _link = apply(open_call_with(cast, partner_in_force(cast)), student(cast, "Asel", "90"))
    page = f"/o/{cast.office.slug}/applications/{application.pk}/"
    client = signed_in(cast.officer)
    (field,) = BeautifulSoup(client.get(page).content, "html.parser").select("textarea[name=text]")
    written = "\n".join(["line"] * (int(str(field["maxlength"])) // 5)) + "."
    client.post(f"{page}message/", {"text": written.replace("\n", "\r\n")})
    assert Message.objects.get().text == written
