"""The beat table names tasks that exist, and every sweep of the site is in it."""

import re

from celery import current_app
from django.conf import settings
from honcho.environ import parse_procfile


def test_every_sweep_is_in_the_table_and_every_entry_exists():
    current_app.loader.import_default_modules()
    ours = {name for name in current_app.tasks if not name.startswith("celery.")}

    assert {entry["task"] for entry in current_app.conf.beat_schedule.values()} == ours


def test_codes_and_payments_never_wait_behind_long_work():
    lines = parse_procfile((settings.BASE_DIR / "Procfile").read_text()).processes.values()
    lanes = [set(found[1].split(",")) for line in lines if (found := re.search(r"--queues (\S+)", line))]

    assert sorted(queue for lane in lanes for queue in lane) == sorted(settings.CELERY_TASK_QUEUES)
    assert {"payments", "messages"} in lanes
