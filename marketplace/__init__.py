"""The roof: settings, addresses, the beat table and what holds for every page; imports all, imported by none."""

from marketplace.celery import app as celery_app

__all__ = ["celery_app"]
