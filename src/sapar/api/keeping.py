"""How long an office keeps records about people, and whose time is over."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from sapar.accounts.policies import may_work_in
from sapar.accounts.profiles import LONGEST_KEEPING, set_keeping
from sapar.api import answers
from sapar.api.access import WRITES, actor, office
from sapar.api.schemas import Page, Refusal
from sapar.api.sent import Sent
from sapar.core.errors import NotAllowed
from sapar.directory.models import Person
from sapar.directory.queries import people_visible_to
from sapar.mobility.queries.keeping import past_keeping, with_last_day

router = Router(tags=["people"])
REFUSALS = {401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal}
CHANGES = {**REFUSALS, 400: Refusal, 409: Refusal}
After = Annotated[int, Field(ge=0, le=2**62, description="id after which to go on")]
Limit = Annotated[int, Field(ge=1, le=answers.MOST)]


class Keeping(Schema):
    """`years` after the last stay, application, visit or study of a person ended; null: no limit."""

    years: int | None


class KeepingIn(Sent):
    years: Annotated[int, Field(ge=1, le=LONGEST_KEEPING)] | None


class PastKeeping(Schema):
    """`last_day`: when the last thing about the person ended."""

    id: int
    person: str
    last_day: date


@router.get("/keeping", response={200: Keeping, **REFUSALS})
def keeping(request: HttpRequest) -> Keeping:
    _may_look(request)
    return Keeping(years=office(request).keep_years)


@router.put("/keeping", response={200: Keeping, **CHANGES}, auth=WRITES)
def change_keeping(request: HttpRequest, data: KeepingIn) -> Keeping:
    """Administrators only, as on the page of settings. Nobody is erased by it: people ask for that."""
    return Keeping(years=set_keeping(office(request), data.years, by=actor(request)).keep_years)


@router.get("/keeping/past", response={200: Page[PastKeeping], **REFUSALS})
def people_past_keeping(request: HttpRequest, after: After = 0, limit: Limit = 50) -> Page[Any]:
    """Whose time of keeping is over, with the day on which the last thing about them ended."""
    _may_look(request)
    people = people_visible_to(actor(request), office(request))
    rows = with_last_day(past_keeping(people, office(request), today=timezone.localdate()))
    return answers.page_of(rows, after, limit, _past)


def _past(row: Person) -> PastKeeping:
    return PastKeeping(id=row.pk, person=row.display_name, last_day=row.last_day)  # type: ignore[attr-defined]


def _may_look(request: HttpRequest) -> None:
    if not may_work_in(actor(request), office(request)):
        raise NotAllowed
