"""The applicant's pages: asking for the key, the form page by page, answering the decision."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from sapar.accounts.models import SignedLink
from sapar.accounts.services import make_link
from sapar.accounts.states import LinkPurpose
from sapar.mobility.models import Application, Call
from sapar.mobility.services.applications import accept_papers, add_paper
from sapar.mobility.services.calls import close_call
from sapar.mobility.services.messages import write_message
from sapar.mobility.services.placing import adopt_run, run_placing
from sapar.mobility.states import ApplicationState, CallState
from tests.cast import NOW, Cast
from tests.mobility.draining import drain
from tests.story import apply, open_call_with, partner_in_force, student

_A = ApplicationState
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of pages and worker stands at the tests' NOW."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def call(cast: Cast) -> Call:
    made = open_call_with(cast, partner_in_force(cast), partner_in_force(cast, "Bosporus Demo University"))
    made.documents = [{"code": "d1", "title": "Transcript", "required": True}]
    made.questions = [{"code": "q1", "label": "Who pays?", "required": True}]
    made.save()
    drain()
    mail.outbox.clear()
    return made


def key_from_mail() -> str:
    return mail.outbox[-1].body.split("/l/")[1].split("/")[0]


def key_of(application: Application) -> str:
    return make_link(
        LinkPurpose.APPLY, application.pk, office=application.office, holder_name="Holder", at=NOW
    )[1]


def begun(cast: Cast, call: Call, name: str = "Aida") -> tuple[Client, str, Application]:
    """Asks for the key on the public page and follows the letter."""
    student(cast, name, "3.5", number=f"S-{name}")
    client, public = Client(), f"/c/alatoo/{call.pk}/"
    client.post(public, {"student_number": f"S-{name}", "email": "any@example.org", "consent": "on"})
    drain()
    key = key_from_mail()
    application = Application.objects.get(person__display_name=f"{name} Demo")
    return client, f"/l/{key}/application/", application


def test_the_public_page_answers_the_same_to_everybody(cast: Cast, call: Call) -> None:
    student(cast, "Aida", "3.5", number="S-1")
    client, url = Client(), f"/c/alatoo/{call.pk}/"
    page = client.get(url).content.decode()
    assert "Ankara Demo University" in page
    assert "passes them to the host university" in page
    assert client.post(url, {"student_number": "S-1", "email": "a@example.org"}).status_code == 422
    answers = [
        client.post(url, {"student_number": number, "email": "a@example.org", "consent": "on"}, follow=True)
        for number in ("S-1", "S-unknown")
    ]
    pages = [answer.content.decode().split("<main")[1] for answer in answers]
    assert pages[0] == pages[1]
    assert "aida" not in pages[0].lower()
    drain()
    assert [letter.to for letter in mail.outbox] == [["aida@example.org"]]


def test_a_draft_call_and_another_office_have_no_public_page(cast: Cast, call: Call) -> None:
    assert Client().get(f"/c/tianshan/{call.pk}/").status_code == 404
    Call.objects.update(state=CallState.DRAFT)
    assert Client().get(f"/c/alatoo/{call.pk}/").status_code == 404


def test_the_whole_form_without_script(cast: Cast, call: Call) -> None:
    client, home, application = begun(cast, call)
    first, second = call.places.order_by("pk")
    key = home.split("/")[2]
    assert client.get(f"/l/{key}/").headers["Location"] == home
    assert client.get(home).headers["Location"] == f"{home}about/"

    def send(name: str, **data: object) -> str:
        application.refresh_from_db()
        answer = client.post(f"{home}{name}/", {"revision": application.revision, **data})
        assert answer.status_code == 302, answer.content.decode()
        return str(answer.headers["Location"]).removeprefix(home)

    assert send("about", former_mobilities="1") == "wishes/"
    assert send("wishes", add=first.pk) == "wishes/"
    assert send("wishes", wish=[first.pk], add=second.pk) == "wishes/"
    assert send("wishes", wish=[first.pk, second.pk], do=f"up:{second.pk}") == "wishes/"
    ranked = list(application.wishes.order_by("rank").values_list("place_id", flat=True))
    assert ranked == [second.pk, first.pk]
    send("wishes", wish=[second.pk, first.pk], do=f"away:{second.pk}")
    assert send("wishes", wish=[first.pk], **{"continue": "1"}) == "languages/"
    rows = {"languages-count": "1", "languages-0-language": "de", "languages-0-level": "B2"}
    assert send("languages", **rows) == "motivation/"
    assert send("motivation", **{"motivation": "I want to learn.", "answer-q1": "My aunt."}) == "papers/"
    check = client.get(f"{home}check/").content.decode()
    assert "Something is missing" in check
    assert "Submit the application" not in check
    refused = client.post(
        f"{home}papers/", {"document": "d1", "file": SimpleUploadedFile("t.exe", b"MZ\x00")}
    )
    assert refused.status_code == 422
    client.post(f"{home}papers/", {"document": "d1", "file": SimpleUploadedFile("t.pdf", PDF)})
    check = client.get(f"{home}check/").content.decode()
    for text in ("Ankara Demo University", "German B2", "I want to learn.", "My aunt.", "t.pdf"):
        assert text in check
    assert client.post(f"{home}submit/").headers["Location"] == home
    application.refresh_from_db()
    assert (application.state, application.former_mobilities) == (_A.SUBMITTED, 1)
    assert application.languages == [{"language": "de", "level": "B2", "certificate": ""}]
    status = client.get(home).content.decode()
    assert application.number in status
    assert client.get(f"{home}about/").headers["Location"] == home
    client.post(f"{home}reopen/")
    application.refresh_from_db()
    assert application.state == _A.DRAFT


def test_autosave_goes_on_from_its_own_revision_and_an_old_page_keeps_its_text(
    cast: Cast, call: Call
) -> None:
    client, home, application = begun(cast, call)
    url, htmx = f"{home}motivation/?save=1", {"HX-Request": "true"}
    saved = client.post(url, {"revision": 0, "motivation": "One", "answer-q1": "x"}, headers=htmx)
    page = saved.content.decode()
    assert "Saved at" in page
    assert 'value="1" id="id_revision" hx-swap-oob="true"' in page
    # The button sends the same text with the same revision as the save before it.
    again = client.post(f"{home}motivation/", {"revision": 0, "motivation": "One", "answer-q1": "x"})
    assert again.status_code == 302
    old = client.post(
        f"{home}motivation/", {"revision": 0, "motivation": "From another device", "answer-q1": "x"}
    )
    text = old.content.decode()
    assert old.status_code == 422
    assert "Somebody changed this record while you had it open." in text
    assert "From another device" in text
    assert 'name="revision" value="1"' in text
    background = client.post(url, {"revision": 0, "motivation": "Three", "answer-q1": "x"}, headers=htmx)
    assert "Somebody changed this record" in background.content.decode()
    application.refresh_from_db()
    assert application.motivation == "One"


def test_a_key_opens_one_application_and_no_other_paper(cast: Cast, call: Call) -> None:
    _client, home, mine = begun(cast, call, "Aida")
    _client, other_home, theirs = begun(cast, call, "Bek")
    link = SignedLink.objects.get(subject_id=theirs.pk, purpose=LinkPurpose.APPLY)
    paper = add_paper(theirs, "d1", PDF, "t.pdf", by=link, at=NOW)
    assert Client().get(f"{other_home}papers/{paper.file_id}/").content == PDF
    assert Client().get(f"{home}papers/{paper.file_id}/").status_code == 404
    assert Client().get("/l/not-a-key/application/").status_code == 404
    page = Client().get(f"{home}about/")
    assert page.headers["Cache-Control"] == "no-store, private"
    assert "Bek" not in page.content.decode()
    assert mine.pk != theirs.pk


def test_too_late_for_a_draft_is_said(cast: Cast, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    client, home, _application = begun(cast, call)
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=30))
    assert "The call is closed" in client.get(home).content.decode()


def placed(cast: Cast, call: Call) -> list[tuple[Application, str]]:
    call.documents, call.questions = [], []
    call.save()
    host = call.places.order_by("pk").first()
    assert host is not None
    made = [
        apply(call, student(cast, name, gpa), host)[0]
        for name, gpa in (("Best", "3.9"), ("Second", "3.5"), ("Third", "3.1"))
    ]
    for one in made:
        accept_papers(one, by=cast.officer, at=NOW)
    run = run_placing(close_call(call, by=cast.officer, at=NOW), seed=7, by=cast.officer, at=NOW)
    adopt_run(run, by=cast.officer, at=NOW)
    drain()
    return [(one, f"/l/{key_of(one)}/application/") for one in made]


def test_the_decision_is_read_confirmed_declined_and_appealed(cast: Cast, call: Call) -> None:
    (best, best_url), (second, second_url), (third, third_url) = placed(cast, call)
    client = Client()
    page = client.get(best_url).content.decode()
    assert "Do you go to Ankara Demo University?" in page
    assert client.post(f"{best_url}confirm/").status_code == 302
    assert "You have confirmed your place: Ankara Demo University." in client.get(best_url).content.decode()
    client.post(f"{second_url}decline/")
    reserve = client.get(third_url).content.decode()
    assert "position 3 for 2 places" in reserve
    assert "Cut-off 87.5 points, yours 77.5." in reserve
    assert client.post(f"{third_url}confirm/", follow=True).status_code in (200, 409)
    client.post(f"{third_url}appeal/", {"text": "I object."})
    assert "I object." in client.get(third_url).content.decode()
    for one, state in ((best, _A.CONFIRMED), (second, _A.DECLINED), (third, _A.RESERVE)):
        one.refresh_from_db()
        assert one.state == state


def test_the_letter_is_there_for_its_reader_alone(cast: Cast, call: Call) -> None:
    (_best, best_url), (_second, second_url), _third = placed(cast, call)
    page = Client().get(best_url).content.decode()
    letter = page.split(f"{best_url}letters/")[1].split("/")[0]
    answer = Client().get(f"{best_url}letters/{letter}/")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert Client().get(f"{second_url}letters/{letter}/").status_code == 404


def test_messages_and_withdrawal(cast: Cast, call: Call) -> None:
    (best, url), _second, _third = placed(cast, call)
    write_message(best, "Bring your passport.", by=cast.officer, at=NOW)
    client = Client()
    assert "Bring your passport." in client.get(url).content.decode()
    client.post(f"{url}message/", {"text": "I will."})
    assert best.messages.filter(from_office=False).get().text == "I will."
    assert best.messages.get(from_office=True).read_at == NOW
    client.post(f"{url}withdraw/")
    best.refresh_from_db()
    assert best.state == _A.WITHDRAWN
