"""Addresses and acts of the directory in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sapar.accounts.models import Office
from sapar.web.components import Text

LANGUAGE_NAMES: Mapping[str, str] = {
    "ru": "Русский", "ky": "Кыргызча", "kk": "Қазақша", "uz": "Oʻzbekcha", "tg": "Тоҷикӣ", "tk": "Türkmençe",
    "tr": "Türkçe", "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano",
    "pl": "Polski", "cs": "Čeština", "uk": "Українська", "be": "Беларуская", "az": "Azərbaycanca", "mn": "Монгол",
    "zh": "中文", "ko": "한국어", "ja": "日本語", "ar": "العربية", "fa": "فارسی", "hi": "हिन्दी",
}  # fmt: skip
ACTIONS: Mapping[str, Text] = {
    "directory.person.added": _("added the person"),
    "directory.person.changed": _("changed the person"),
    "directory.person.passport_read": _("read the passport number"),
    "mobility.person.copied": _("handed out everything about the person"),
    "mobility.person.erasure_asked": _("asked to erase the person"),
    "mobility.person.erasure_withdrawn": _("decided not to erase the person"),
    "mobility.person.erased": _("erased the person"),
    "directory.unit.added": _("added the unit"),
    "directory.unit.changed": _("changed the unit"),
    "directory.courses.taken": _("took a list of courses"),
    "directory.enrolments.taken": _("took a list of students"),
    "directory.home.settled": _("said which institution of the directory we are"),
    "directory.organisation.added": _("added the organisation"),
    "directory.organisation.changed": _("changed the organisation"),
    "directory.organisation.merged": _("merged two organisations of the directory"),
    "directory.organisation.separated": _("separated two organisations of the directory"),
}
LABELS: Mapping[str, Text] = {
    "name": pgettext_lazy("of a thing", "Name"),
    "code": _("Code"),
    "head_name": _("Head"),
}


def page_url(name: str, office: Office, pk: int | None = None) -> str:
    """An address of this room inside the office."""
    kwargs = {"office": office.slug, **({} if pk is None else {"pk": pk})}
    return reverse(f"directory:{name}", kwargs=kwargs)


def language_name(code: str) -> str:
    return LANGUAGE_NAMES.get(code, code)
