"""One JSON object a line on standard error; secrets never reach it."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from django.conf import settings

# After these words comes a secret; these beginnings are those of our own keys.
SECRET = re.compile(
    r"""(?ix) ( (?<!\w)l/ | (?:token|key|password|passwd|secret|sessionid|csrftoken|code)["']?\s*[=:]\s*["']?
            | authorization["']?\s*:\s*["']?\w+\s+ | \b\w+://[^\s:/@]+: )
        [^\s"'&,;@)}\]]{6,}"""
)
OURS = re.compile(r"\b(sapar_|whsec_)[\w-]{10,}")


def without_secrets(text: str) -> str:
    """The text with keys, passwords and what the server itself must keep to itself left out."""
    for secret in _of_the_server():
        text = text.replace(secret, "…")
    return OURS.sub(r"\1…", SECRET.sub(r"\1…", text))


def _of_the_server() -> list[str]:
    known = [settings.SECRET_KEY, settings.EMAIL_HOST_PASSWORD, settings.METRICS_TOKEN, *settings.FIELD_KEYS]
    known += [str(base.get("PASSWORD") or "") for base in settings.DATABASES.values()]
    return [secret for secret in known if len(secret) >= 6]


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if record.exc_info:
            line["trace"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
