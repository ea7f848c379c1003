"""Pages speak five languages: catalogs are compiled before the first page is asked, and no test leaves its
language to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker
from tools import messages

if TYPE_CHECKING:
    from sapar.demo.office import DemoOffice

messages.compile_all()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def whole_story(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[DemoOffice]:
    """The story of a whole year, told once for all tests of a module; what each of them changes is undone."""
    from sapar.demo.office import build_office  # Django starts after this file is read
    from sapar.demo.stages import Stage
    from tests.demo.test_office import TODAY, silent

    del django_db_setup
    with django_db_blocker.unblock(), transaction.atomic():
        with translation.override("en"):
            yield build_office(Stage.REPORTED, today=TODAY, students=10, say=silent)
        transaction.set_rollback(True)


@pytest.fixture
def demo(db: None, whole_story: DemoOffice) -> DemoOffice:
    return whole_story
