"""What a package of `sapar.methods` gives to others, from its signatures and docstrings.

Made by hand because reading all of the project's sources, as documentation tools do, takes longer than the rest of
the documentation together.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from enum import Enum
from types import ModuleType
from typing import Any

from tools.reference.markdown import table

SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Yields)(?: MethodError)?:[ \t]*(.*)$")
DEFAULT = re.compile(r"<(\w+\.\w+): [^>]*>")
WIDTH = 100


def library(name: str) -> str:
    module = importlib.import_module(name)
    parts = [_about(module)]
    parts += [
        _one(word, getattr(module, word)) for word in sorted(module.__all__, key=_reading_order(module))
    ]
    return "\n\n".join(parts)


def _about(module: ModuleType) -> str:
    return sections(inspect.getdoc(module) or "")


def _reading_order(module: ModuleType) -> Callable[[str], tuple[int, str]]:
    """Functions first, then the data that they take and give, then constants."""

    def key(word: str) -> tuple[int, str]:
        value = getattr(module, word)
        return (0 if inspect.isroutine(value) else 1 if inspect.isclass(value) else 2), word.lower()

    return key


def _one(name: str, value: Any) -> str:
    if inspect.isroutine(value):
        return f"## {name}\n\n{_code(signature(name, value))}\n\n{sections(inspect.getdoc(value) or '')}"
    if inspect.isclass(value):
        return f"## {name}\n\n" + "\n\n".join(_class(value))
    shown = repr(value)
    return f"## {name}\n\n" + _code(
        f"{name} = {shown if len(shown) <= 300 else type(value).__name__ + '(…)'}"
    )


def _class(kind: type) -> Iterator[str]:
    yield sections(_own_doc(kind))
    if issubclass(kind, Enum):
        yield table(("member", "value"), [(f"`{one.name}`", f"`{one.value}`") for one in kind])
    elif dataclasses.is_dataclass(kind):
        yield table(("field", "type", "default"), [_field(one) for one in dataclasses.fields(kind)])
    rows = [
        (f"`{name}{_call(value)}`", " ".join((inspect.getdoc(value) or "").split("\n\n")[0].split()))
        for name, value in vars(kind).items()
        if not name.startswith("_") and _is_asked(value)
    ]
    if rows:
        yield table(("asked of it", "answers"), rows)


def _own_doc(kind: type) -> str:
    """Nothing where Python would only repeat the fields."""
    text = kind.__doc__ or ""
    return "" if text.startswith(f"{kind.__name__}(") else inspect.cleandoc(text)


def _is_asked(value: object) -> bool:
    return isinstance(value, property | classmethod | staticmethod) or inspect.isfunction(value)


def _call(value: object) -> str:
    if isinstance(value, property):
        return ""
    asked: Any = value.__func__ if isinstance(value, classmethod | staticmethod) else value
    given = list(inspect.signature(asked).parameters)
    return f"({', '.join(one for one in given if one not in ('self', 'cls'))})"


def _field(one: dataclasses.Field[Any]) -> tuple[str, str, str]:
    if one.default is not dataclasses.MISSING:
        default = "`" + DEFAULT.sub(r"\1", repr(one.default)) + "`"
    else:
        default = "empty" if one.default_factory is not dataclasses.MISSING else ""
    kind = one.type if isinstance(one.type, str) else getattr(one.type, "__name__", str(one.type))
    return f"`{one.name}`", f"`{kind}`", default


def signature(name: str, value: Any) -> str:
    """As it stands in the source; one parameter a line where it is long."""
    found = inspect.signature(value)
    line = name + _source(found)
    if len(line) <= WIDTH:
        return line
    lines, keywords = [], False
    for one in found.parameters.values():
        if one.kind is one.KEYWORD_ONLY and not keywords:
            lines.append("    *,")
            keywords = True
        lines.append(f"    {_source(one)},")
    answer = "" if found.return_annotation is found.empty else f" -> {found.return_annotation}"
    return "\n".join([f"{name}(", *lines, f"){answer}"])


def _source(found: inspect.Signature | inspect.Parameter) -> str:
    """Without the quotes of annotations; members of enums and functions by their names."""
    text = DEFAULT.sub(r"\1", str(found))
    return re.sub(r"<function (\w+) at \w+>", r"\1", text).replace("'", "")


def _code(text: str) -> str:
    return f"```python\n{text}\n```"


def sections(text: str) -> str:
    """A docstring in Markdown: what it takes and refuses as lists, what it gives as a sentence."""
    done: list[str] = []
    lines = text.splitlines()
    while lines:
        line = lines.pop(0)
        found = SECTION.match(line)
        if found is None:
            done.append(line)
            continue
        block = [found[2]] if found[2] else []
        while lines and (not lines[0].strip() or lines[0].startswith("    ")):
            block.append(lines.pop(0)[4:])
        done += ["", f"**{found[1]}**", "", *_items(found[1], block), ""]
    return "\n".join(done).strip()


def _items(title: str, block: list[str]) -> list[str]:
    if title in ("Returns", "Yields"):
        return block
    items: list[str] = []
    for line in filter(str.strip, block):
        if line.startswith(" ") and items:
            items[-1] += " " + line.strip()
        else:
            items.append("- " + _named(line.strip()))
    return items


def _named(line: str) -> str:
    """`name: meaning` with the name as code."""
    name, colon, meaning = line.partition(": ")
    return f"`{name}`: {meaning}" if colon and re.fullmatch(r"[\w., *]+", name) else line
