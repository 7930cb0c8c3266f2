"""The demo county as an app: installed in demo mode only, it adds its sweep to the beat table itself."""

from django.apps import AppConfig

from marketplace.celery import app

FILL, EVERY_SECONDS = "demo.tasks.fill_demo", 10


class DemoConfig(AppConfig):
    """What a site has beside the product while it shows itself."""

    name = "demo"

    def ready(self) -> None:
        """Let the worker go on filling the county's history."""
        app.conf.beat_schedule[FILL] = {
            "task": FILL,
            "schedule": float(EVERY_SECONDS),
            "options": {"expires": EVERY_SECONDS},
        }
