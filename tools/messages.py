#!/usr/bin/env python3
"""Translations, without GNU gettext.

update    read all strings from Python and templates into src/sapar/locale/<language>/LC_MESSAGES/django.po
compile   write the .mo files that run; they are not kept in the repository
check     fail when a string is not translated, is doubtful, or lost its gaps
missing   print what is not translated yet
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "sapar"
LOCALE = SOURCE / "locale"
LANGUAGES = ("ru", "ky", "kk", "uz")
# Sentences of Django and the sign-in library that they do not have in all our languages.
BORROWED = LOCALE / "borrowed.txt"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "_t": None,
    "_n": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# %(name)s, %s, %d and {name}: what a translation must hand on unchanged.
GAP = re.compile(r"%(?:\([\w ]+\))?[sd]|\{\w*\}")


def catalog_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def found(language: str) -> Catalog:
    """All strings of the source, and the borrowed ones that the language needs."""
    catalog = Catalog(project="Sapar", charset="utf-8")
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            _read(catalog, path, path.read_text(encoding="utf-8"))
    templates = SOURCE / "web" / "templates"
    for path in sorted([*templates.rglob("*.html"), *templates.rglob("*.txt")]):
        calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        _read(catalog, path, "\n".join(line.lstrip() for line in calls.splitlines()))
    for line in BORROWED.read_text(encoding="utf-8").splitlines():
        languages, tab, sentence = line.partition("\t")
        if tab and language in languages.split(","):
            catalog.add(_unescaped(sentence), locations=[("borrowed", None)])  # type: ignore[list-item]
    return catalog


def _unescaped(line: str) -> str | tuple[str, str]:
    one, bar, many = line.replace("\\n", "\n").partition(" || ")
    return (one, many) if bar else one


def _read(catalog: Catalog, path: Path, text: str) -> None:
    where = path.relative_to(ROOT).as_posix()
    for _line, message, comments, context in extract(
        "python",
        io.BytesIO(text.encode()),
        KEYWORDS,
        comment_tags=["Translators:"],
        options={"encoding": "utf-8"},
    ):
        catalog.add(message, locations=[(where, None)], auto_comments=comments, context=context)  # type: ignore[list-item]


def load(language: str) -> Catalog:
    path = catalog_path(language)
    if not path.exists():
        return Catalog(locale=language, project="Sapar", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


HEADER = """\
# Sapar in {name}. The words are those of docs/glossary.md.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def save(catalog: Catalog, language: str) -> None:
    """Write a catalog without dates in its head: they would change in every run and collide in every merge."""
    path = catalog_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    body = io.BytesIO()
    write_po(
        body,
        catalog,
        width=110,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    name = Locale.parse(language).english_name
    head = HEADER.format(name=name, language=language, plurals=catalog.plural_forms)
    path.write_bytes(head.encode() + body.getvalue())


def update() -> None:
    """Bring the catalogs up to the source. Nothing is guessed, so nothing becomes doubtful by itself."""
    for language in LANGUAGES:
        template = found(language)
        known, fresh = load(language), Catalog(locale=language, charset="utf-8")
        for message in template:
            if not message.id:
                continue
            old = known.get(message.id, message.context)
            fresh.add(
                message.id,
                old.string if old else None,
                locations=message.locations,
                flags=message.flags,
                auto_comments=message.auto_comments,
                context=message.context,
            )
        save(fresh, language)


def compile_all() -> None:
    """Write the .mo files where they are missing or older than their .po."""
    for language in LANGUAGES:
        path = catalog_path(language)
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        temporary = target.with_suffix(f".{os.getpid()}.part")  # several may compile at once
        with temporary.open("wb") as file:
            write_mo(file, load(language))
        temporary.replace(target)


def texts(message: Message) -> tuple[list[str], list[str]]:
    """The original forms and their translations."""
    originals = list(message.id) if isinstance(message.id, (tuple, list)) else [message.id]
    translations = list(message.string) if isinstance(message.string, (tuple, list)) else [message.string]
    return originals, [text or "" for text in translations]


def faults(language: str) -> Iterator[str]:
    catalog = load(language)
    for message in found(language):
        if not message.id:
            continue
        known = catalog.get(message.id, message.context)
        name = f"{language}: {texts(message)[0][0]!r}"
        if known is None or not all(texts(known)[1]):
            yield f"{name} is not translated"
            continue
        if known.fuzzy:
            yield f"{name} is marked as doubtful"
        yield from _gap_faults(name, known)


def _gap_faults(name: str, message: Message) -> Iterator[str]:
    originals, translations = texts(message)
    wanted = set(GAP.findall(originals[-1]))
    for translation in translations:
        gaps = set(GAP.findall(translation))
        if gaps - wanted or (wanted - gaps and len(originals) == 1):
            yield f"{name} has the gaps {sorted(gaps)} instead of {sorted(wanted)}"
        if originals[-1].startswith("\n") != translation.startswith("\n"):
            yield f"{name} begins with a line break in one language only"


def check() -> None:
    all_faults = [fault for language in LANGUAGES for fault in faults(language)]
    for fault in all_faults:
        print(fault)
    if all_faults:
        sys.exit(f"{len(all_faults)} faults in the translations")
    print(f"every string is translated into {', '.join(LANGUAGES)}")


def missing() -> None:
    lacking: dict[str, list[str]] = {}
    for language in LANGUAGES:
        catalog = load(language)
        for message in found(language):
            known = catalog.get(message.id, message.context) if message.id else message
            if known is None or (message.id and not all(texts(known)[1])):
                context = f" [{message.context}]" if message.context else ""
                name = " || ".join(texts(message)[0]).replace("\n", "\\n") + context
                lacking.setdefault(name, []).append(language)
    for name, languages in lacking.items():
        print(f"{name}\t{','.join(languages)}")


ERRANDS = {"update": update, "compile": compile_all, "check": check, "missing": missing}


def main() -> None:
    if not settings.configured:
        settings.configure()
    errand = ERRANDS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if errand is None:
        sys.exit(__doc__)
    errand()


if __name__ == "__main__":
    main()
