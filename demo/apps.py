"""The demo county as an app: installed in demo mode only."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """What a site has beside the product while it shows itself."""

    name = "demo"
