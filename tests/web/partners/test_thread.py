"""An agreement from the directory to being in force, through its pages alone."""

from __future__ import annotations

import re

from django.test import Client

from sapar.partners.models import Agreement
from sapar.partners.queries import current_version
from tests.cast import Cast, signed_in

AT = "/o/alatoo/agreements/"


def digest_of(agreement: Agreement) -> str:
    return current_version(agreement).digest


def row(number: int, **values: str) -> dict[str, str]:
    usual = {
        "academic_year": "2026", "direction": "out", "kind": "study", "places": "2", "months": "5", "level": "bachelor",
        "isced_f": "0912", "language": "en", "language_level": "B1", "unit": "", "note": "",
    }  # fmt: skip
    return {f"row-{number}-{name}": value for name, value in {**usual, **values}.items()}


def test_thread_from_directory_to_force(cast: Cast) -> None:
    client = signed_in(cast.officer)
    answer = client.post(
        "/o/alatoo/partners/new/",
        {"name": "Ankara Demo University", "kind": "university", "country_code": "TR", "city": "Ankara"},
    )
    assert answer.status_code == 302, answer.context["form"].errors
    partner = re.search(r"/partners/(\d+)/", answer["Location"])
    assert partner is not None
    client.post(
        f"{answer['Location']}contacts/new/", {"name": "Deniz", "email": "d@example.org", "language": "en"}
    )
    answer = client.post(
        f"{answer['Location']}agreement/",
        {
            "kind": "exchange", "title": "Exchange with Ankara", "first_language": "ky", "second_language": "en",
            "starts_on": "01.09.2026", "ends_on": "31.08.2029", "notice_months": "6", "responsible": cast.officer.pk,
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    agreement = Agreement.objects.get()
    base = f"{AT}{agreement.pk}/"
    assert answer["Location"] == f"{base}places/"
    answer = client.post(f"{base}places/", {"rows": "1", "do": "save", **row(0)})
    assert answer.status_code == 302, [form.errors for form in answer.context["forms"]]
    assert client.get(base).status_code == 200
    client.post(f"{base}send/", {"stations": ["legal", "vice_rector", "rector", "partner"]})
    digest = digest_of(agreement)
    for station in (cast.lawyer, cast.vice_rector, cast.rector):
        who = signed_in(station)
        assert f"{base}read/" in who.get("/o/alatoo/").content.decode()
        assert who.get(f"{base}read/").context["form"] is not None
        answer = who.post(f"{base}answer/", {"digest": digest, "remark": "", "answer": "yes"})
        assert answer["Location"] == base
    page = client.post(f"{base}invite/", {"name": "Deniz", "email": "", "language": "en"})
    key = re.search(r"/l/([\w-]+)/", page.context["link"])
    assert key is not None
    guest = Client()
    assert guest.get(f"/l/{key[1]}/")["Location"] == f"/l/{key[1]}/agreement/"
    assert guest.get(f"/l/{key[1]}/agreement/draft.docx").content.startswith(b"PK")
    answer = guest.post(
        f"/l/{key[1]}/agreement/", {"digest": digest, "remark": "", "answer": "yes"}, follow=True
    )
    assert "Approved on" in answer.content.decode()
    client.post(f"{base}issue/")
    answer = client.post(
        f"{base}sign/",
        {
            "home_signer": "Elmira", "home_signer_post": "Rector", "home_authority": "Charter",
            "partner_signer": "Deniz", "partner_signer_post": "Rector", "signed_on": "05.10.2026",
            "starts_on": "05.10.2026",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    agreement.refresh_from_db()
    assert (agreement.state, agreement.number) == ("in_force", "2026-001")
    assert client.get(base).status_code == 200
