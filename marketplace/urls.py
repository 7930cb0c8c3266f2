"""Every address: each room lists its own `pages` and `endpoints`; here they only get their front part."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from marketplace import views

rooms = [import_module(f"{app}.urls") for app in settings.OUR_APPS if app != "marketplace" and find_spec(f"{app}.urls")]

urlpatterns = [
    path("", views.home, name="home"),
    path("unsent/", views.unsent, name="unsent"),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    *[path("api/v1/", include(room.endpoints)) for room in rooms],
    *[path("", include(room.pages)) for room in rooms],
]

handler500 = "marketplace.views.broken"
