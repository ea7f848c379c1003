"""Django's own commands from inside the package."""

import os
import sys

if __name__ == "__main__":
    # Started as a file, this folder would shadow the package.
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sapar.config.settings")
    from django.core.management import execute_from_command_line  # Django reads the settings on import

    execute_from_command_line(sys.argv)
