"""What is answered when something raised that no service refuses: our own fault, a database away, a full disk.

Nothing here asks the database or the disk: they may be what broke. The trace stands in the log.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# As nginx says while the server itself is away.
LOOK_AGAIN_SECONDS = 20
FULL_DISK = "53100"  # SQLSTATE


@dataclass(frozen=True)
class Fault:
    """How a fault is told; `again`: it passes by itself, so the page may look again."""

    code: str
    status: int
    title: str | Promise
    lead: str | Promise
    again: bool = False


BROKEN = Fault(
    "500",
    500,
    _("Something broke on our side"),
    _(
        "What was saved before is safe; the last step was not done. Try it once more in a minute. If it breaks "
        "again, tell those who run Sapar when it happened."
    ),
)
AWAY = Fault(
    "DatabaseAway",
    503,
    _("Sapar is away for a moment"),
    _(
        "The database does not answer. What was saved before is safe; the last step was not done, and a form that "
        "you were sending is still behind the browser’s back button. Try it once more in a minute."
    ),
    again=True,
)
FULL = Fault(
    "DiskFull",
    503,
    _("The server has no room left"),
    _(
        "Its disk is full. What was saved before is safe and can be read; the last step was not done. Tell those who "
        "run Sapar; a form that you were sending is still behind the browser’s back button."
    ),
)


def fault_of(error: BaseException | None) -> Fault:
    """Which fault it is, told by the error or by what caused it."""
    causes = list(_causes(error))
    if any(map(_is_full_disk, causes)):
        return FULL
    if any(isinstance(one, OperationalError | InterfaceError) for one in causes):
        return AWAY
    return BROKEN


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_full_disk(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    if getattr(error, "sqlstate", None) == FULL_DISK:
        return True
    return isinstance(error, OperationalError) and "disk is full" in str(error)


def answer_fault(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: a calm page, or a program's answer."""
    fault = fault_of(sys.exception())
    if request.path.startswith("/api/"):
        body = {"code": fault.code, "message": f"{fault.title}. {fault.lead}"}
        response: HttpResponse = JsonResponse(body, status=fault.status)
    else:
        look_again = LOOK_AGAIN_SECONDS if fault.again and request.method == "GET" else 0
        page = loader.render_to_string(
            "alone.html",
            {"title": fault.title, "lead": fault.lead, "code": fault.code, "look_again": look_again},
        )
        response = HttpResponse(page, status=fault.status)
    if fault.status == 503:
        response["Retry-After"] = str(LOOK_AGAIN_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
