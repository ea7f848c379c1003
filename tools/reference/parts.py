"""The parts of the reference by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import django
from django.apps import apps


def with_django() -> None:
    """Load the apps; no database is asked and no key is written."""
    if apps.ready:
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sapar.config.settings")
    os.environ.setdefault("SAPAR_SECRET_KEY", "documentation")
    django.setup()


def commands() -> str:
    from tools.reference.commands import commands

    return commands()


def states() -> str:
    from tools.reference.states import states

    return states()


def trail() -> str:
    from tools.reference.trail import acts

    return acts()


def events() -> str:
    from tools.reference.events import events

    return events()


def permissions() -> str:
    from tools.reference.permissions import permissions

    return permissions()


def imports() -> str:
    from tools.reference.imports import imports

    return imports()


def words() -> str:
    from tools.reference.words import words

    return words()


PARTS: Mapping[str, Callable[[], str]] = {
    part.__name__: part for part in (commands, states, trail, events, permissions, imports, words)
}
