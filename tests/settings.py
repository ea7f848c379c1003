"""Settings of the tests: the product's own, with what only tests need changed."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

OURS = "sapar-tests-"
worker = os.environ.get("PYTEST_XDIST_WORKER")
if "SAPAR_DATA_DIR" not in os.environ:
    os.environ["SAPAR_DATA_DIR"] = tempfile.mkdtemp(prefix=OURS)
    atexit.register(shutil.rmtree, os.environ["SAPAR_DATA_DIR"], ignore_errors=True)
elif worker and Path(os.environ["SAPAR_DATA_DIR"]).name.startswith(OURS):
    # Each worker of the suite has a database of its own, so it has a store of files of its own, inside the folder
    # of the process that started it: what no row knows is removed, and another worker's rows are not seen.
    os.environ["SAPAR_DATA_DIR"] = str(Path(os.environ["SAPAR_DATA_DIR"]) / worker)
    Path(os.environ["SAPAR_DATA_DIR"]).mkdir(exist_ok=True)
os.environ.setdefault("SAPAR_SECRET_KEY", "only-for-tests-" + "x" * 50)

from sapar.config.settings import *  # noqa: E402, F403

INSTALLED_APPS.append(SAML_APP)  # noqa: F405 — tests read the file of universities later
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ACCOUNT_RATE_LIMITS = False
