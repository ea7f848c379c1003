"""Pages speak five languages: catalogs are compiled before the first page is asked, and no test leaves its
language to the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation
from tools import messages

messages.compile_all()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield
