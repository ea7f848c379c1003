"""Fails where Django can be imported: the methods must not lean on it."""

from __future__ import annotations

import importlib.util
import sys

if importlib.util.find_spec("django") is not None:
    sys.exit("Django is installed here; the tests of the methods would prove nothing.")
