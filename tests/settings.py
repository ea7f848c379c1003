"""Settings of the tests: the product's own, with what only tests need changed."""

import os
import tempfile
from pathlib import Path

TEST_DATA = Path(os.environ.setdefault("SAPAR_DATA_DIR", tempfile.mkdtemp(prefix="sapar-tests-")))
os.environ.setdefault("SAPAR_SECRET_KEY", "only-for-tests-" + "x" * 50)

from sapar.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ACCOUNT_RATE_LIMITS = False
