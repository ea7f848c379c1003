"""Settings of the tests: the product's own, with what only tests need changed."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "SAPAR_DATA_DIR" not in os.environ:
    # Workers of the suite take it from the process that started them, which also removes it.
    os.environ["SAPAR_DATA_DIR"] = tempfile.mkdtemp(prefix="sapar-tests-")
    atexit.register(shutil.rmtree, os.environ["SAPAR_DATA_DIR"], ignore_errors=True)
TEST_DATA = Path(os.environ["SAPAR_DATA_DIR"])
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
