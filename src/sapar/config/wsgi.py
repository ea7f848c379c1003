"""The WSGI application that Granian serves."""

import gc
import multiprocessing
import os

from django.core.wsgi import get_wsgi_application

from sapar.config.watch import ends_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sapar.config.settings")
if multiprocessing.parent_process():  # one of the server's own; who imports this otherwise goes on
    ends_with_parent()
application = get_wsgi_application()
# What is loaded now stays to the end: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
