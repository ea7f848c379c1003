#!/usr/bin/env python3
"""Django's own commands; the office's commands are under `sapar`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sapar.config.settings")
    from django.core.management import execute_from_command_line  # Django reads the settings on import

    execute_from_command_line(sys.argv)
