"""One JSON object a line on standard error; secrets never reach it."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

SECRET = re.compile(r"(?i)(/l/|token=|key=|password=|authorization: *\S+ +)[\w\-.~+/=]{6,}")


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": SECRET.sub(r"\1…", record.getMessage()),
        }
        if record.exc_info:
            line["trace"] = SECRET.sub(r"\1…", self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
