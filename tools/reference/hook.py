"""What MkDocs asks while it builds.

A line `<!-- made: NAME -->` becomes the part of that name, made from the code. Examples of Python that stand on
pages as the tests read them, each begun by `>>>`, are shown as code.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

EXAMPLE = re.compile(r"^>>> .*?(?=\n\n|\n```|\Z)", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^(```.*?^```)$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"^<!-- made: ([a-z.]+) -->$", re.MULTILINE)


@cache
def made(name: str) -> str:
    """The Markdown of one part.

    Raises:
        KeyError: no part has this name.
    """
    if name.startswith("sapar.methods."):
        from tools.reference.library import library

        return library(name)
    from tools.reference.parts import PARTS, with_django  # only pages with such a mark wait for Django

    with_django()
    return PARTS[name]()


def on_page_markdown(markdown: str, **_given: Any) -> str:
    pieces = FENCED.split(MARK.sub(lambda found: made(found[1]), markdown))
    pieces[::2] = [EXAMPLE.sub(r"```pycon\n\g<0>\n```", piece) for piece in pieces[::2]]
    return "".join(pieces)
