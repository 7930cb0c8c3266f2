"""`make run` under load while its programs are killed: no 500, every 2xx once, the books right, whole again in time."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import redis
import requests

from launch.services import _short_tmp
from tests.faults.load import MARK_FEN, Load
from tests.faults.site import Site, until

SECONDS = float(os.environ.get("FAULTS_SECONDS", "300"))
WHOLE_AGAIN_SECONDS = 20
A_BUSY_MACHINE_SECONDS = 90
NEIGHBOUR = "13800000002"
WEB, WORKER, SWEEPER, BEAT = "gunicorn", "celery.*payments", "celery.*reports", "celery.* beat"
POSTGRES, VALKEY = "postgres -D", "(valkey|redis)-server"


@pytest.fixture
def site():
    """A site of its own, in a folder that the database's user may walk to."""
    folder = Path(tempfile.mkdtemp(prefix="liujin-faults-", dir=_short_tmp()))
    folder.chmod(0o755)
    site = None
    try:
        site = Site(folder / "var")
        yield site
    finally:
        if site is not None:
            site.stop()
            print(site.said()[-6000:])
        shutil.rmtree(folder, ignore_errors=True)


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def one_below(site: Site, words: str) -> int:
    """Return a process that the master of these words began."""
    return next(pid for pid in site.pids(words) if pid != site.master(words))


def flush(site: Site) -> None:
    redis.Redis.from_url(site.redis_url).flushall()


FAULTS: dict[str, Callable[[Site], object]] = {
    "web worker, task worker and PostgreSQL killed at once": lambda site: kill(
        one_below(site, WEB), one_below(site, WORKER), site.master(POSTGRES)
    ),
    "Valkey killed": lambda site: kill(site.master(VALKEY)),
    "broker and cache flushed": flush,
    "PostgreSQL stopped at once (immediate)": lambda site: os.kill(site.master(POSTGRES), signal.SIGQUIT),
    "a connection of PostgreSQL killed": lambda site: kill(*busy_backend(site)),
    "web killed, with all its workers": lambda site: kill(*site.pids(WEB)),
    "task workers and beat killed": lambda site: kill(*(site.master(words) for words in (WORKER, SWEEPER, BEAT))),
    "everything killed at once": lambda site: kill(
        *(site.master(words) for words in (POSTGRES, VALKEY, WEB, WORKER, SWEEPER, BEAT))
    ),
}


def busy_backend(site: Site) -> list[int]:
    rows = site.ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'liujin' ORDER BY query_start DESC")
    return [pid for (pid,) in rows][:1]


@dataclass
class Story:
    """What happened: each fault with the seconds until all was well again, and what was told and found."""

    whole_after: dict[str, float] = field(default_factory=dict)
    answers: dict[tuple[str, str], int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)


def is_whole(site: Site, load: Load) -> bool:
    """Say whether pages open, codes are given, and the worker sends them: web, rows, counts and queue at once."""
    try:
        pages = [(requests.Session(), "/market/"), (load.buyer, "/orders/")]
        if any(site.get(browser, path).status_code != 200 for browser, path in pages):
            return False
        before = codes_sent(site)
        if site.post(requests.Session(), "/sign-in/", phone=NEIGHBOUR).status_code != 302:
            return False
        until(lambda: codes_sent(site) > before, 15)
    except (requests.RequestException, psycopg.OperationalError, AssertionError):
        return False
    return True


def codes_sent(site: Site) -> int:
    return site.ask("SELECT count(*) FROM accounts_message WHERE kind = 'sign_in' AND state = 'sent'")[0][0]


def break_it(site: Site, faults: list[str], *, seconds: float, patience: float) -> Story:
    """Load the site, let one fault after the other happen, and count what is left."""
    load, story = Load(site), Story()
    load.begin()
    print(f"{time.strftime('%X')} load begins")
    each = seconds / len(faults)
    for name in faults:
        began = time.monotonic()
        time.sleep(min(2, each / 10))
        fell = time.monotonic()
        FAULTS[name](site)
        until(lambda: is_whole(site, load), patience)
        story.whole_after[name] = time.monotonic() - fell
        print(f"{time.strftime('%X')} {name}: {story.whole_after[name]:.1f} s", dict(load.answers))
        time.sleep(max(0, each - (time.monotonic() - began)))
    load.end()
    story.answers = dict(sorted(load.answers.items()))
    assert load.wrong == []
    story.found = count(site, load)
    return story


def count(site: Site, load: Load) -> dict[str, int]:
    """Find every 2xx once in the rows, nothing beside it, nothing left undone, and every promise of the audit kept."""
    keys = "SELECT key, (answer->>%s)::bigint FROM records_idempotencykey WHERE key = ANY(%s) ORDER BY key"
    for told, name in ((load.orders, "order"), (load.lots, "listing")):
        assert site.ask(keys, name, list(told)) == sorted(told.items())
        assert len(set(told.values())) == len(told)
    orders = "SELECT id FROM orders_purchaseorder WHERE deliver_on = %s AND fund_id = %s ORDER BY 1"
    assert [order for (order,) in site.ask(orders, load.deliver_on, load.fund)] == sorted(load.orders.values())
    lots = "SELECT id FROM catalog_listing WHERE price_fen = %s AND produce_id = %s AND id >= %s ORDER BY 1"
    told = sorted(load.lots.values())
    assert [lot for (lot,) in site.ask(lots, MARK_FEN, load.produce, told[0])] == told
    undone = (
        "SELECT count(*) FROM accounts_message WHERE state = 'waiting' AND next_try_at < now() - interval '1 minute'"
    )
    until(lambda: site.ask(undone) == [(0,)], 180)
    audit = site.run("audit")
    assert audit.returncode == 0, audit.stdout[-2000:]
    assert site.alive()
    return {"orders": len(load.orders), "lots": len(load.lots)}


@pytest.mark.faults
def test_five_minutes_of_falling_servers_lose_nothing_and_all_is_well_in_twenty_seconds(site):
    story = break_it(site, list(FAULTS), seconds=SECONDS, patience=A_BUSY_MACHINE_SECONDS)
    write_down(story)

    late = {name: took for name, took in story.whole_after.items() if took > WHOLE_AGAIN_SECONDS}
    assert late == {}


def write_down(story: Story) -> None:
    """Write the figures where FAULTS_REPORT says, red or green."""
    target = os.environ.get("FAULTS_REPORT")
    if not target:
        return
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    kinds = sorted({what for what, _status in story.answers})
    said = sorted({status for _what, status in story.answers})
    lines = [
        "# Faults",
        "",
        f"`make faults` kills what `make run` began, under {SECONDS:.0f} s of load: people who read, a farmer",
        "who lists, canteens that order, each act sent again under its key until it is answered. Written by it, on",
        f"{os.cpu_count()} processors, at {commit}.",
        "",
        f"Whole again: pages open, codes are given and sent. At most {WHOLE_AGAIN_SECONDS} s.",
        "",
        "| what fell | whole again after |",
        "|---|---:|",
        *(f"| {name} | {took:.1f} s |" for name, took in story.whole_after.items()),
        "",
        f"| answers | {' | '.join(said)} |",
        f"|---|{'---:|' * len(said)}",
        *(f"| {kind} | {' | '.join(str(story.answers.get((kind, status), 0)) for status in said)} |" for kind in kinds),
        "",
        f"Found in the rows: {story.found['orders']} orders and {story.found['lots']} lots, every 2xx once and nothing",
        "beside them; no message left waiting; every promise of `make audit` kept. Every 503 said when to come back.",
        "",
    ]
    Path(target).write_text("\n".join(lines))
