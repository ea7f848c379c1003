"""What is sent twice is taken once: by a second click, by loading the answer again, or by a program that tries again.

A form carries a mark of its own and a program sends a key. The first one is written down in the same transaction as
everything that it changes, so either both are there or neither. A second one that comes meanwhile waits for the first
to end, and one that comes later is given the first one's answer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from sapar.accounts.errors import SentOtherwise
from sapar.accounts.models import Sending

ONCE = "once"
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 — the name of a field
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
MOST = 2_000_000


def digest_of(parts: Iterable[str | bytes]) -> str:
    """SHA-256 in hexadecimal; the parts keep their borders."""
    total = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        total.update(len(raw).to_bytes(8, "big") + raw)
    return total.hexdigest()


def mark_of_form(request: HttpRequest) -> str:
    """The same for the same fields and files sent from the same page by the same person; empty without a mark.

    Who goes back and changes a field sends something else.
    """
    once = request.POST.get(ONCE, "")
    if not once:
        return ""
    parts: list[str | bytes] = [str(request.user.pk), request.get_full_path()]
    for name, texts in sorted(request.POST.lists()):
        if name != TOKEN:
            parts += [name, str(len(texts)), *texts]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            parts += [name, file.name or "", _digest_of_file(file)]
    return digest_of(parts)


def _digest_of_file(file: UploadedFile[bytes]) -> str:
    total = hashlib.sha256()
    for chunk in file.chunks():
        total.update(chunk)
    file.seek(0)
    return total.hexdigest()


def take_once(
    mark: str,
    answer: Callable[[], HttpResponse],
    *,
    content: str = "",
    at: datetime,
) -> tuple[HttpResponse, bool]:
    """The answer, and whether it is that of an earlier sending.

    `answer` is called in a transaction with the note that it was: nothing of it stays if it raises. What changed
    nothing, or was refused, is forgotten and may be sent again.

    Raises:
        SentOtherwise: the mark came before with another `content`.
    """
    with transaction.atomic():
        sending, first = Sending.objects.get_or_create(
            mark=mark, defaults={"content": content, "sent_at": at}
        )
        if not first:
            if sending.content != content:
                raise SentOtherwise
            return _said_before(sending), True
        wrote = _Wrote()
        with connection.execute_wrapper(wrote):
            response = answer()
        if not (wrote.anything and response.status_code < 400 and _keep(sending, response)):
            sending.delete()
    return response, False


class _Wrote:
    """Watches whether any row is changed."""

    anything = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        self.anything = self.anything or bool(WRITES.match(sql))
        return execute(sql, params, many, context)


def _keep(sending: Sending, response: HttpResponse) -> bool:
    """Whether the answer could be kept: an address to go to, or a text."""
    if response.streaming or len(response.content) > MOST or not _is_text(response):
        return False
    sending.status = response.status_code
    sending.kind = response.get("Content-Type", "")[:100]
    sending.place = response.get("Location", "")
    sending.answer_text = response.content.decode(response.charset or "utf-8")
    sending.save(update_fields=["status", "kind", "place", "answer_text"])
    return True


def _is_text(response: HttpResponse) -> bool:
    kind = response.get("Content-Type", "")
    return not response.content or kind.startswith(("text/", "application/json"))


def _said_before(sending: Sending) -> HttpResponse:
    response = HttpResponse(sending.answer_text, status=sending.status, content_type=sending.kind or None)
    if sending.place:
        response["Location"] = sending.place
    response["Cache-Control"] = "no-store, private"
    return response


def forget_sendings(before: datetime) -> int:
    """Answers how many were forgotten; what comes after that long is taken for new."""
    return Sending.objects.filter(sent_at__lt=before).delete()[0]
