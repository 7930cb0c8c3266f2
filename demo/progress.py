"""How far the demo is: which of its parts were made, and how much of its history is filled.

Pages ask this; it reads nothing that makes the demo, so that a web worker need not hold the makers.
"""

from records.models import Job

KIND, COUNTY, MARKET, LOSSES, HISTORY = "demo", "county", "market", "losses", "history"
MONTHS = 24  # of history, before the present one


def is_done(key: str) -> bool:
    """Return whether this part of the demo was made."""
    return Job.objects.filter(kind=KIND, key=key, state=Job.State.DONE).exists()


def history_progress() -> Job | None:
    """Return how far the demo's history is while it is still being filled; None on a site that is no demo."""
    parts = {job.key: job for job in Job.objects.filter(kind=KIND)}
    history = parts.get(HISTORY) or Job(kind=KIND, key=HISTORY, total=MONTHS + 1)
    return history if COUNTY in parts and history.state != Job.State.DONE else None
