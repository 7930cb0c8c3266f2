"""The task queue: one app, five queues, one beat table. Messages carry ids only; every task may run twice."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

app = Celery("liujin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# When each sweep runs: name -> {"task": ..., "schedule": ...}. A sweep finds its work in rows, so a missed run is
# caught up by the next one, and one that waited too long in the queue is dropped.
app.conf.beat_schedule = {
    "send messages": {"task": "accounts.tasks.send_messages", "schedule": 5.0, "options": {"expires": 5}},
    "fill the demo": {"task": "marketplace.tasks.fill_demo", "schedule": 10.0, "options": {"expires": 10}},
}
