"""Letters go to one person with a subject of one line, whatever somebody wrote into a name or a title."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

import sapar
from sapar.accounts.letters import send_letter
from sapar.accounts.models import RoleGrant
from tests.cast import Cast
from tests.partners.test_ending import send_warning
from tests.story import partner_in_force

SOURCES = sorted(Path(sapar.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
def test_line_end_in_a_subject_forges_no_head_and_stops_no_letter(end: str) -> None:
    send_letter(f"Exchange{end}Bcc: all@example.org", "text", "reader@example.org")
    (letter,) = mail.outbox
    assert letter.subject == "Exchange Bcc: all@example.org"
    assert letter.recipients() == ["reader@example.org"]
    assert letter.message()["Bcc"] is None


@pytest.mark.parametrize("address", ["a@example.org\nBcc: b@example.org", "a@example.org\r\nX: y"])
def test_forged_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="newlines"):
        send_letter("Exchange", "text", address)
    assert mail.outbox == []


def test_every_letter_goes_through_this_door() -> None:
    senders = [
        path.name
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "django.core.mail"
    ]
    assert senders == ["letters.py"]


@pytest.mark.django_db
def test_who_left_the_office_is_not_told_of_its_agreements(cast: Cast) -> None:
    agreement = partner_in_force(cast).agreement
    agreement.responsible = cast.coordinator
    agreement.save(update_fields=["responsible"])
    mail.outbox.clear()
    send_warning(agreement)
    assert [letter.to for letter in mail.outbox] == [[cast.coordinator.email]]
    RoleGrant.objects.filter(user=cast.coordinator).delete()
    DBTaskResult.objects.all().delete()
    mail.outbox.clear()
    send_warning(agreement)
    assert [letter.to for letter in mail.outbox] == [[cast.officer.email]]
