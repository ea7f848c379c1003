"""The WSGI application that Granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sapar.config.settings")
application = get_wsgi_application()
# What is loaded now stays to the end: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
