"""The task queue: one app, five queues, one beat table. Messages carry ids only; every task may run twice."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

app = Celery("liujin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# The whole beat table: every how many seconds each sweep runs. A sweep finds its work in rows, so a missed run is
# caught up by the next one, and one that waited too long in the queue is dropped.
_EVERY = {
    "records.tasks.seal_history": 60,
    "records.tasks.look_at_photos": 5,
    "records.tasks.sign_notices": 60,
    "accounts.tasks.send_messages": 2,
    "accounts.tasks.lapse_register_files": 3600,
    "accounts.tasks.tell_again_of_disputes": 3600,
    "accounts.tasks.move_grievances_on": 300,
    "registers.tasks.lapse_changes": 3600,
    "registers.tasks.write_changes": 3,
    "registers.tasks.look_for_missing": 240,
    "registers.tasks.look_for_duplicates": 600,
    "ledger.tasks.apply_returns": 5,
    "orders.ask_waiting": 15,
    "orders.end_kept": 30,
    "orders.show_unapproved": 600,
    "orders.end_unapproved": 60,
    "orders.lapse_unanswered": 60,
    "orders.accept_silent": 60,
    "orders.answer_texts": 3,
    "orders.make_files": 5,
    "orders.look_again": 20,
    "orders.end_undispatched": 300,
    "orders.end_lost": 300,
    "orders.end_unsent": 300,
    "orders.settle_late": 60,
    "orders.remind": 3600,
    "orders.tell_of_limits": 3600,
    "orders.hand_silent_returns_over": 300,
    "orders.end_undecided_returns": 300,
    "orders.move_complaints_on": 300,
    "orders.claim_rests": 3600,
    "losses.tasks.move_on_after_village_notices": 60,
    "losses.tasks.close_ended_notices": 60,
    "losses.tasks.remind_overdue": 3600,
    "losses.tasks.end_notices_of_loss": 3600,
    "losses.tasks.run_rehearsals": 3,
    "losses.tasks.move_appeals_on": 300,
    "losses.tasks.tell_of_objections": 300,
    "losses.tasks.remind_of_recoveries": 3600,
    "losses.tasks.remind_of_late_relief": 3600,
    "losses.tasks.end_uncalled": 300,
    "losses.tasks.tell_of_stopped_awards": 300,
    "losses.tasks.draw_reinspections": 3600,
    "catalog.tasks.ask_stale": 3600,
    "catalog.tasks.expire_stale": 3600,
    "catalog.tasks.take_down_forbidden": 300,
    "canteens.tasks.move_objections_on": 60,
    "canteens.tasks.show_undecided": 600,
    "canteens.tasks.end_undecided": 60,
    "canteens.tasks.remind_of_people": 3600,
    "canteens.tasks.end_old_drafts": 3600,
    "reports.remind_shares": 3600,
}
# And those of the night, on the county's clock; each makes up for nights that were missed.
_AT_NIGHT = {
    "produce.tasks.write_medians": (1, 5),
    "catalog.tasks.write_medians": (1, 10),
    "orders.write_medians": (1, 20),
    "orders.let_files_go": (1, 25),
    "catalog.tasks.sweep_pieces": (1, 30),
    "catalog.tasks.forget_unused_photos": (1, 35),
    "marketplace.tasks.forget_sessions": (1, 40),
    "records.tasks.note_head": (2, 0),
}
app.conf.beat_schedule = {
    task: {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}
    for task, seconds in _EVERY.items()
} | {
    task: {"task": task, "schedule": crontab(hour=str(hour), minute=str(minute)), "options": {"expires": 6 * 3600}}
    for task, (hour, minute) in _AT_NIGHT.items()
}
