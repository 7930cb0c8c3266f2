"""The beat table names tasks that exist, and every sweep of the site is in it."""

from celery import current_app


def test_every_sweep_is_in_the_table_and_every_entry_exists():
    current_app.loader.import_default_modules()
    ours = {name for name in current_app.tasks if not name.startswith("celery.")}

    assert {entry["task"] for entry in current_app.conf.beat_schedule.values()} == ours
