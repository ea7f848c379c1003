"""Mail servers that refuse, ask to come back later, say nothing or hang up."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from sapar.accounts.models import SignedLink
from sapar.accounts.queries import link_by_key
from sapar.accounts.states import LinkPurpose
from sapar.core.queue import failed_tasks
from sapar.mobility.models import Call
from sapar.mobility.services.applications.writing import ask_for_link
from sapar.mobility.tasks.exchanges import mail_link
from tests.cast import Cast
from tests.core.work import do_what_is_ready
from tests.mobility.stays import accepted_stay
from tests.story import open_call_with, partner_in_force, student

LATER = b"451 4.7.1 Greylisted, please try again later"
NEVER = b"550 5.1.1 No such person here"


@dataclass
class Post:
    """What the mail server does with each connection in turn, and what it took."""

    conduct: list[str]
    letters: list[EmailMessage] = field(default_factory=list)
    met: int = 0

    def next(self) -> str:
        found = self.conduct[min(self.met, len(self.conduct) - 1)]
        self.met += 1
        return found


@contextmanager
def mail_server(settings: Settings, *conduct: str) -> Iterator[Post]:
    post = Post(list(conduct))
    ended = threading.Event()

    class Talk(socketserver.StreamRequestHandler):
        def say(self, line: bytes) -> None:
            self.wfile.write(line + b"\r\n")

        def handle(self) -> None:
            how = post.next()
            if how == "silent":
                ended.wait(20)
                return
            self.say(b"421 4.3.2 Too busy" if how == "busy" else b"220 mail.example")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"RCPT" and how in ("later", "never"):
                    self.say(LATER if how == "later" else NEVER)
                elif word == b"DATA":
                    self.say(b"354 go on")
                    self.take(how)
                    if how == "hang-up":
                        return
                elif word == b"QUIT":
                    self.say(b"221 bye")
                    return
                else:
                    self.say(b"250 ok")

        def take(self, how: str) -> None:
            lines = []
            while (line := self.rfile.readline()) and line != b".\r\n":
                lines.append(line)
                if how == "hang-up":
                    return
            letter = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(letter, EmailMessage)
            post.letters.append(letter)
            self.say(b"250 taken")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Talk) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address[:2]
        settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 1
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield post
        finally:
            ended.set()
            server.shutdown()
            thread.join(timeout=30)


def ask_to_sign(cast: Cast) -> None:
    stay = accepted_stay(cast)
    DBTaskResult.objects.all().delete()
    mail_link.enqueue(
        cast.office.pk, LinkPurpose.FOLLOW_STAY.value, stay.pk, "Aida", "aida@example.org", "en", 30
    )


def until_done(most: int = 10) -> int:
    """Let the worker try as long as it is patient; answers how often it did."""
    for tries in range(1, most):
        do_what_is_ready()
        if not DBTaskResult.objects.filter(status="READY").exists():
            return tries
        DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - timedelta(seconds=1))
    raise AssertionError("the worker never gave up")


def links() -> Sequence[SignedLink]:
    return list(SignedLink.objects.filter(holder_email="aida@example.org", revoked_at=None))


@pytest.mark.parametrize("trouble", ["later", "busy", "silent", "hang-up"])
def test_letter_goes_once_when_the_mail_server_has_had_its_trouble(
    cast: Cast, settings: Settings, trouble: str
) -> None:
    with mail_server(settings, trouble, trouble, "take") as post:
        ask_to_sign(cast)
        assert until_done() == 3
        until_done()
    (letter,) = post.letters
    assert letter["To"] == "aida@example.org"
    key = letter.get_content().partition("/l/")[2].partition("/")[0]
    (link,) = links()
    assert link_by_key(key, LinkPurpose.FOLLOW_STAY, at=timezone.now()) == link
    assert failed_tasks(cast.office.pk) == []


def test_letter_that_is_refused_to_the_end_is_seen_and_leaves_no_open_link(
    cast: Cast, settings: Settings
) -> None:
    with mail_server(settings, "never") as post:
        ask_to_sign(cast)
        assert until_done() == 6
    assert (post.letters, post.met) == ([], 6)
    (failed,) = failed_tasks(cast.office.pk)
    assert (str(failed.sentence), failed.code) == (
        "A partner or student was not sent their link.",
        "SMTPRecipientsRefused",
    )
    assert links() == []


def test_applicant_whose_mail_server_asked_to_come_back_gets_the_link(cast: Cast, settings: Settings) -> None:
    """Nobody gets a second letter within ten minutes; one that did not go is no first one."""
    call = open_call_with(cast, partner_in_force(cast))
    student(cast, "Aida", "3.5", number="S-77")
    now, days = timezone.now(), timedelta(days=2)
    Call.objects.filter(pk=call.pk).update(opens_at=now - days, closes_at=now + days)
    call.refresh_from_db()
    DBTaskResult.objects.all().delete()
    with mail_server(settings, "later", "take") as post:
        ask_for_link(call, "S-77", consent_text="Yes", language="en", at=now)
        assert until_done() == 2
        ask_for_link(call, "S-77", consent_text="Yes", language="en", at=now)
        until_done()
    assert [letter["To"] for letter in post.letters] == ["aida@example.org"]
    assert len(links()) == 1
