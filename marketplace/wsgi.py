"""What the web server calls."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # here, not in the first visitor's time
gc.collect()
gc.freeze()  # what every request needs is not looked through again, so that what a request leaves is found sooner
