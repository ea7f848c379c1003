"""What offices write in their lists for levels of study and for their own faculties."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sapar.accounts.models import Office
from sapar.directory.models import Unit
from sapar.directory.states import Level

LEVELS: Mapping[str, Level] = {
    **{level.value: level for level in Level},
    "бакалавр": Level.BACHELOR,
    "бакалавриат": Level.BACHELOR,
    "bakalavr": Level.BACHELOR,
    "bakalavriat": Level.BACHELOR,
    "bsc": Level.BACHELOR,
    "ba": Level.BACHELOR,
    "магистр": Level.MASTER,
    "магистратура": Level.MASTER,
    "magistr": Level.MASTER,
    "magistratura": Level.MASTER,
    "msc": Level.MASTER,
    "ma": Level.MASTER,
    "phd": Level.DOCTORATE,
    "докторантура": Level.DOCTORATE,
    "доктор phd": Level.DOCTORATE,
    "аспирантура": Level.DOCTORATE,
    "doktorantura": Level.DOCTORATE,
}


def folded(text: str) -> str:
    """Without case, ё, apostrophes of any kind and signs at the ends."""
    plain = text.casefold().replace("ё", "е").replace("№", " ")
    plain = re.sub(r"[ʻʼ’‘`´']", "'", plain)
    return " ".join(re.sub(r"[_:*.\s]+", " ", plain).split())


def units_by_name(office: Office) -> dict[str, int]:
    """Faculties and departments by code and by name in any of their languages, folded."""
    return {
        folded(name): unit.pk
        for unit in Unit.objects.filter(office=office)
        for name in (unit.code, unit.name, *unit.names.values())
        if name
    }
