"""What words that need the server do first."""

from __future__ import annotations

import importlib.util
import os
import sys

from sapar.cli.tables import err


def start_django() -> None:
    """Load the settings and the apps; says what to install where the server's packages are absent."""
    if importlib.util.find_spec("django") is None:
        err.print("This word needs the server: pip install 'sapar[server]'", style="red")
        sys.exit(2)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sapar.config.settings")
    import django  # only where it is installed

    django.setup()
