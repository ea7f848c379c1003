"""Settings and a way of sending for a worker that is killed while it holds the first letter in its hands."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from tests.settings import *  # noqa: F403

EMAIL_BACKEND = "tests.mobility.deadly_mail.DeadlyAtFirst"


class DeadlyAtFirst(BaseEmailBackend):
    """Letters go into a file, one line each; before the first one the process is killed by the system."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(os.environ["SAPAR_DATA_DIR"])
        folder.mkdir(exist_ok=True)
        if not (folder / "killed").exists():
            (folder / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        with (folder / "letters").open("a") as letters:
            for message in email_messages:
                key = str(message.body).partition("/l/")[2].partition("/")[0]
                letters.write(f"{','.join(message.to)} {key}\n")
        return len(email_messages)
