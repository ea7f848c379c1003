"""The command for administrators reads the settings as systemd does, spaces and comments included."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from tests.deploy.test_server import DEPLOY

SHOW = 'import os, sys; print(os.environ["SAPAR_MAIL_FROM"], os.environ["SAPAR_SMTP_PASSWORD"], sys.argv[1:])'


def test_words_get_the_settings_and_their_arguments_as_they_are(tmp_path: Path) -> None:
    settings = tmp_path / "sapar.env"
    shipped = (DEPLOY / "sapar.env").read_text()
    settings.write_text(f"{shipped}\nSAPAR_SMTP_PASSWORD=\"a $HOME `id` 'b' = #c\"")
    script = (DEPLOY / "sapar").read_text()
    for before, after in {
        "/etc/sapar.env": str(settings),
        "runuser -u sapar -- /opt/sapar/.venv/bin/sapar": f"{sys.executable} -c {shlex.quote(SHOW)}",
    }.items():
        assert script.count(before) == 1
        script = script.replace(before, after)
    answer = subprocess.run(
        ["sh", "-c", script, "sapar", "office", "open", "--name", "Our University"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == (
        "International office <office@sapar.example.org> a $HOME `id` 'b' = #c "
        "['office', 'open', '--name', 'Our University']"
    )
