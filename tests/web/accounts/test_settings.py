"""One's profile, the office's people, tokens."""

from __future__ import annotations

import io
import re

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from docx import Document

from sapar.accounts.models import ApiToken, RoleGrant, User
from sapar.accounts.profiles import change_profile, choose_language, invite_colleague
from sapar.accounts.services import make_token
from sapar.accounts.states import Role
from sapar.api.access import Scope
from sapar.audit.services import record
from sapar.core.errors import BadInput, NotAllowed
from sapar.core.queue import failed_tasks
from sapar.directory.models import Unit
from sapar.web.accounts.forms import SCOPES
from tests.cast import NOW, Cast, grant, signed_in
from tests.core.work import do_what_is_ready, fail_at_once

PEOPLE = "/o/alatoo/settings/people/"
TOKENS = "/o/alatoo/settings/tokens/"
WORK = "/o/alatoo/settings/work/"


def test_profile_is_saved_and_speaks_the_chosen_language(cast: Cast) -> None:
    client = signed_in(cast.officer)
    answer = client.post("/o/alatoo/settings/", {"name": "Айгүл Асанова", "language": "ky"})
    assert answer["Location"] == "/o/alatoo/settings/"
    cast.officer.refresh_from_db()
    assert (cast.officer.name, cast.officer.language) == ("Айгүл Асанова", "ky")
    assert client.get("/o/alatoo/")["Content-Language"] == "ky"


def test_profile_without_a_name_comes_back_with_what_was_typed(cast: Cast) -> None:
    answer = signed_in(cast.officer).post("/o/alatoo/settings/", {"name": "", "language": "uz"})
    assert answer.status_code == 422
    chosen = BeautifulSoup(answer.content, "html.parser").select_one("#id_language option[selected]")
    assert chosen is not None
    assert chosen["value"] == "uz"


def test_profile_of_another_and_unknown_language_are_refused(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        change_profile(cast.officer, name="X", language="ky", by=cast.administrator)
    with pytest.raises(NotAllowed):
        choose_language(cast.officer, "ky", by=cast.administrator)
    with pytest.raises(BadInput):
        choose_language(cast.officer, "xx", by=cast.officer)


def test_administrator_gives_a_role_to_somebody_new(cast: Cast) -> None:
    signed_in(cast.administrator).post(
        PEOPLE, {"email": "Nurlan@Example.org", "name": "Nurlan", "role": Role.LEGAL}
    )
    nurlan = User.objects.get(email="nurlan@example.org")
    assert not nurlan.has_usable_password()
    assert [(grant.role, grant.office) for grant in nurlan.grants.all()] == [(Role.LEGAL, cast.office)]


def test_whoever_is_given_a_role_gets_one_letter_in_their_language(
    cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    given = {"email": "nurlan@example.org", "name": "Nurlan", "role": Role.LEGAL}
    for _again in range(2):
        signed_in(cast.administrator).post(PEOPLE, given)
    cast.other_officer.language = "ru"
    cast.other_officer.set_password("one of their own")
    cast.other_officer.save()
    signed_in(cast.administrator).post(PEOPLE, {**given, "email": cast.other_officer.email})
    do_what_is_ready()
    new, known = mailoutbox
    assert (new.to, known.to) == (["nurlan@example.org"], [cast.other_officer.email])
    assert new.subject == "Your role at Ala-Too Demo University"
    assert "/o/alatoo/" in new.body
    assert "/accounts/password/reset/" in new.body
    assert "Zarina" in known.body
    assert "/accounts/password/reset/" not in known.body
    assert "роль" in known.body


def test_a_role_withdrawn_at_once_is_told_to_nobody(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    client = signed_in(cast.administrator)
    client.post(PEOPLE, {"email": "nurlan@example.org", "name": "Nurlan", "role": Role.LEGAL})
    client.post(f"{PEOPLE}{RoleGrant.objects.get(user__name='Nurlan').pk}/withdraw/")
    do_what_is_ready()
    assert mailoutbox == []


def test_inviting_somebody_known_keeps_their_name(cast: Cast) -> None:
    invite_colleague(
        cast.office,
        email="ZARINA@example.org",
        name="Another Name",
        role=Role.VIEWER,
        language="ky",
        by=cast.administrator,
        at=NOW,
    )
    cast.other_officer.refresh_from_db()
    assert cast.other_officer.name == "Zarina"
    assert cast.other_officer.grants.filter(office=cast.office, role=Role.VIEWER).exists()


def test_officer_sees_colleagues_but_gives_no_roles(cast: Cast) -> None:
    client = signed_in(cast.officer)
    page = client.get(PEOPLE).content.decode()
    assert "elmira@example.org" in page
    assert "zarina@example.org" not in page
    assert "Give a role" not in page
    answer = client.post(PEOPLE, {"email": "a@example.org", "name": "A", "role": Role.RECTOR})
    assert answer.status_code == 403
    assert not User.objects.filter(email="a@example.org").exists()


def test_role_is_withdrawn_and_the_last_administrator_stays(cast: Cast) -> None:
    client = signed_in(cast.administrator)
    grant = RoleGrant.objects.get(user=cast.lawyer)
    client.post(f"{PEOPLE}{grant.pk}/withdraw/")
    assert not RoleGrant.objects.filter(pk=grant.pk).exists()
    last = RoleGrant.objects.get(user=cast.administrator)
    answer = client.post(
        f"{PEOPLE}{last.pk}/withdraw/", headers={"referer": f"http://testserver{PEOPLE}"}, follow=True
    )
    assert "is the last administrator of this office" in answer.content.decode()
    assert RoleGrant.objects.filter(pk=last.pk).exists()


def test_role_in_another_office_cannot_be_withdrawn_from_here(cast: Cast) -> None:
    grant = RoleGrant.objects.get(user=cast.other_officer)
    assert signed_in(cast.administrator).post(f"{PEOPLE}{grant.pk}/withdraw/").status_code == 404
    assert RoleGrant.objects.filter(pk=grant.pk).exists()


def test_key_of_a_token_is_shown_once_and_not_cached(cast: Cast) -> None:
    client = signed_in(cast.officer)
    answer = client.post(TOKENS, {"name": "Student system", "scopes": ["read"], "days": "30"})
    key = BeautifulSoup(answer.content, "html.parser").select_one("code.key")
    assert key is not None
    assert key.get_text().startswith("sapar_")
    assert answer["Cache-Control"] == "no-store"
    assert key.get_text() not in client.get(TOKENS).content.decode()


def test_tokens_of_others_are_for_administrators(cast: Cast) -> None:
    token, _key = make_token(
        cast.rector, cast.office, name="Rector's", scopes=["read"], days=9, by=cast.rector, at=timezone.now()
    )
    assert "Rector&#x27;s" not in signed_in(cast.officer).get(TOKENS).content.decode()
    assert "Rector&#x27;s" in signed_in(cast.administrator).get(TOKENS).content.decode()
    assert signed_in(cast.officer).post(f"{TOKENS}{token.pk}/withdraw/").status_code == 404
    signed_in(cast.administrator).post(f"{TOKENS}{token.pk}/withdraw/")
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None


def test_activity_log_is_for_administrators(cast: Cast) -> None:
    assert signed_in(cast.administrator).get("/o/alatoo/settings/trail/").status_code == 200
    assert signed_in(cast.officer).get("/o/alatoo/settings/trail/").status_code == 403
    assert "Activity log" not in signed_in(cast.officer).get("/o/alatoo/settings/").content.decode()


def test_activity_log_says_acts_in_words_where_a_room_has_them(cast: Cast) -> None:
    record("accounts.role.granted", subject=cast.office, by=cast.officer, at=NOW)
    record("unknown.act", subject=cast.office, by=cast.officer, at=NOW)
    record("partners.contact.added", subject=cast.office, by=cast.officer, at=NOW, name="Li Wei")
    page = signed_in(cast.administrator).get("/o/alatoo/settings/trail/").context["list"]
    assert [str(row.cells[2].value) for row in page.rows] == [
        "added the contact Li Wei",
        "unknown.act",
        "gave a role",
    ]


def test_administrator_sees_what_failed_in_the_background_and_decides(cast: Cast) -> None:
    fail_at_once.enqueue(cast.office.pk)
    fail_at_once.enqueue(cast.office.pk)
    do_what_is_ready()
    client = signed_in(cast.administrator)
    assert "2 background tasks failed to the end." in client.get("/o/alatoo/").content.decode()
    page = BeautifulSoup(client.get(WORK).content, "html.parser")
    assert page.get_text().count("Reason code: LookupError") == 2
    again, leave = (str(form["action"]) for form in page.select("form.act")[2:0:-1])
    assert client.post(leave)["Location"] == WORK
    assert "1 background task failed to the end." in client.get("/o/alatoo/").content.decode()
    assert client.post(again)["Location"] == WORK
    shown = client.get(WORK).content.decode()
    assert "tried again in a moment" in shown
    assert (shown.count("Reason code"), shown.count("left as it is</")) == (1, 1)


def test_background_work_is_for_administrators_and_shows_no_other_office(cast: Cast) -> None:
    fail_at_once.enqueue(cast.office.pk)
    do_what_is_ready()
    failed = failed_tasks(cast.office.pk)[0].id
    grant(cast.other_officer, cast.other_office, Role.ADMINISTRATOR)
    stranger = signed_in(cast.other_officer)
    assert "Nothing has failed" in stranger.get("/o/tianshan/settings/work/").content.decode()
    stranger.post(f"/o/tianshan/settings/work/{failed}/leave/")
    assert signed_in(cast.officer).get(WORK).status_code == 403
    assert signed_in(cast.officer).post(f"{WORK}{failed}/again/").status_code == 403
    assert "background task" not in signed_in(cast.officer).get("/o/alatoo/").content.decode()
    assert [one.is_left for one in failed_tasks(cast.office.pk)] == [False]


def test_letterhead_is_taken_tried_and_removed(cast: Cast) -> None:
    client = signed_in(cast.administrator)
    here = "/o/alatoo/settings/letterhead/"
    blank = client.get(f"{here}blank.docx").content
    refused = client.post(here, {"file": SimpleUploadedFile("x.docx", b"no document")})
    assert refused.status_code == 422
    taken = client.post(here, {"file": SimpleUploadedFile("our.docx", blank)}, follow=True)
    assert "our.docx" in taken.content.decode()
    assert client.get(f"{here}current.docx").content == blank
    sample = client.get(f"{here}sample.docx")
    assert sample["Content-Disposition"].startswith("attachment")
    tables = Document(io.BytesIO(sample.content)).tables
    assert "2027/28" in [cell.text for table in tables for row in table.rows for cell in row.cells]
    client.post(f"{here}remove/")
    assert client.get(f"{here}current.docx").status_code == 404
    assert client.get(f"{here}else.docx").status_code == 404


def test_letterhead_is_the_administrator_s_page(cast: Cast) -> None:
    client = signed_in(cast.officer)
    for path in ("", "sample.docx", "blank.docx", "current.docx"):
        assert client.get(f"/o/alatoo/settings/letterhead/{path}").status_code == 403


def test_a_token_made_on_the_page_can_have_every_scope_that_the_api_asks_for(cast: Cast) -> None:
    scopes = [str(scope) for scope in Scope]
    page = signed_in(cast.administrator).get(TOKENS)
    assert [name for name in scopes if f'value="{name}"' not in page.content.decode()] == []
    answer = signed_in(cast.administrator).post(TOKENS, {"name": "t", "scopes": scopes, "days": "30"})
    key = re.search(r"sapar_[\w-]{20,}", answer.content.decode())
    assert key is not None
    api = Client(headers={"authorization": f"Bearer {key[0]}"})
    assert api.get("/api/v1/webhooks").json() == []
    assert {name for name, _label in SCOPES} == set(scopes)


def test_a_coordinator_of_one_faculty_is_named_on_the_page(cast: Cast) -> None:
    client = signed_in(cast.administrator)
    told = {"email": "new@example.org", "name": "Nurlan", "role": "coordinator", "unit": cast.economics.pk}
    page = client.post(PEOPLE, told, follow=True).content.decode()
    assert "Nurlan now has this role" in page
    grant = RoleGrant.objects.get(user__email="new@example.org")
    assert (grant.role, grant.scope_kind, grant.scope_id) == ("coordinator", "unit", cast.economics.pk)
    wrong = client.post(PEOPLE, told | {"role": "rector"}).content.decode()
    assert "Only coordinators are named for one faculty." in wrong
    assert wrong.count('<option value="">—</option>') == 2, "role and faculty are empty in one way"
    foreign = Unit.objects.create(office=cast.other_office, kind="faculty", code="X", name="Foreign")
    client.post(PEOPLE, told | {"unit": foreign.pk})
    assert RoleGrant.objects.filter(user__email="new@example.org").count() == 1
