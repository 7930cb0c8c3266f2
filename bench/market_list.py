"""P1: what does a page of the market cost, beside the least that shows the same rows, and does it grow with the lots?

Ours goes through the whole site in process (session, headers, filters, counts, cards); the floor is one view without
any middleware that reads the same twenty rows by plain SQL into a small template. Both run in turn at every size, over
first and far pages alike. Prints one JSON line; CPU is that of this process.

    python -m launch.services sh -c 'python manage.py set_up_database && python bench/market_list.py'
    … bench/market_list.py --sizes 10000,100000,1000000
"""

import _ground as ground  # isort: skip  (first: it sets Django up)

import argparse
import datetime as dt
import json
import os
import statistics
import time

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.views.decorators.http import require_GET

from catalog.models import Listing
from catalog.selectors import market
from kernel import clock, keyset
from ledger.services.payables import payee_account
from records.models import StoredFile

# django-oscar's list costs 235 ms of CPU where the same floor costs 3.9: a tenth of it is six floors.
TARGET, STATEMENTS, SLOPE = 0.166, 5, 1.3
SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
VILLAGES, KINDS = 11, 20
LOAD = """
INSERT INTO catalog_listing (number, household_id, produce_id, stock_unit, typed_quantity, typed_unit, listed, reserved,
    sold, sold_low, claimed, written_off, withdrawn, smallest, grade_steps, price_fen, price_unit_g, price_reason,
    village_id, township_id, harvested_on,
    sell_by, storage, entry_key, track, made_by_id, by_proxy, listed_at, confirmed_at, cover_id, payee_account_id,
    status)
SELECT 'B' || g, (%(households)s::uuid[])[1 + g %% %(villages)s], (%(kinds)s::bigint[])[1 + g %% %(many)s], 'g',
    '100', 'jin', 50000 + g %% 7 * 1000, 0, 0, 0, 0, 0, 0, 0, '[]', 60 + g %% 90, 500, '',
    (%(codes)s::text[])[1 + g %% %(villages)s], (%(towns)s::text[])[1 + g %% %(villages)s], %(today)s,
    %(today)s::date + (1 + g %% 50 * 7919 %% 50)::int, 'room', '', '', %(user)s, false, %(at)s, %(at)s,
    %(cover)s, (%(accounts)s::bigint[])[1 + g %% %(villages)s], 'on_sale'
FROM generate_series(%(have)s + 1, %(want)s) g
"""
ROWS = """
SELECT l.id, p.name, v.name, t.name, l.listed - l.reserved - l.sold - l.claimed - l.written_off - l.withdrawn,
       l.price_fen, l.sell_by - %s::date, f.sha256
FROM catalog_listing l JOIN produce_produce p ON p.id = l.produce_id JOIN accounts_place v ON v.code = l.village_id
JOIN accounts_place t ON t.code = l.township_id LEFT JOIN records_storedfile f ON f.id = l.cover_id
WHERE l.status = 'on_sale' AND l.sell_by >= %s AND l.sell_by >= %s AND (l.sell_by, l.id) > (%s, %s)
  AND l.listed > l.reserved + l.sold + l.claimed + l.written_off + l.withdrawn
ORDER BY l.sell_by, l.id LIMIT 20
"""
CARDS = engines["django"].from_string(
    "<!doctype html><title>Market</title><ul>{% for id, kind, village, town, free, fen, days, photo in rows %}<li>"
    '<a href="/market/{{ id }}/"><img src="/photos/{{ photo }}-720.webp" alt="{{ kind }}">'
    "{{ kind }} {{ town }} {{ village }} "
    "{{ free }} g, {{ fen }} fen, {{ days }} days</a></li>{% endfor %}</ul>"
)


@require_GET
def least(request):
    """Show the same rows with as little as can be."""
    today = clock.county_day(dt.datetime.now(dt.UTC))
    start, after = request.GET["from"], int(request.GET["after"])
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [today, today, start, start, after])
        return HttpResponse(CARDS.render({"rows": cursor.fetchall()}))


urlpatterns = [path("least/", least)]


def prepare() -> dict:
    """Make villages, kinds of goods, a photo and a buyer; return what a row of the market points at."""
    at = clock.now()
    places = [ground.village(number) for number in range(VILLAGES)]
    homes = [ground.household(place, 900 + number, at) for number, place in enumerate(places)]
    buyer = ground.buyer_of(ground.school(), 899, at)
    cover = StoredFile.objects.create(
        kind="photo", sha256="0" * 64, size=1, media_type="image/jpeg", sizes=[240, 720], by=buyer, at=at
    )
    return {
        "households": [home.pk for home in homes],
        "accounts": [payee_account(household=home).pk for home in homes],
        "codes": [place.pk for place in places],
        "towns": [place.township.pk for place in places],
        "kinds": [ground.produce(number).pk for number in range(KINDS)],
        "villages": VILLAGES,
        "many": KINDS,
        "today": clock.county_day(at),
        "at": at,
        "user": buyer.pk,
        "cover": cover.pk,
        "buyer": buyer,
    }


def fill(county: dict, have: int, want: int) -> float:
    """Load listings in bulk up to `want`, let the planner know, and return the seconds it took."""
    began = time.perf_counter()
    facts = {name: value for name, value in county.items() if name != "buyer"}
    with psycopg.connect(ground.owner_link(), autocommit=True) as link:
        link.execute(LOAD, {**facts, "have": have, "want": want})
        link.execute("VACUUM ANALYZE catalog_listing")
    cache.clear()
    return time.perf_counter() - began


def addresses(county: dict) -> list[tuple[str, str]]:
    """Return the first page and two far ones, as ours and as the floor's address."""
    found = [("/market/", f"/least/?from={county['today']}&after=0")]
    lots = market.open_lots(county["today"])
    for days in (12, 45):
        page = keyset.cut(lots.filter(sell_by__gte=county["today"] + dt.timedelta(days=days)), market.ORDER)
        last: Listing = page.rows[-1]
        found.append((f"/market/?cursor={page.next}", f"/least/?from={last.sell_by}&after={last.pk}"))
    return found


def site(user=None) -> Client:
    """Return a browser of the whole site, signed in or not."""
    client = Client(raise_request_exception=True, SERVER_NAME="127.0.0.1")
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def get(client: Client, address: str) -> bytes:
    """Return a page, or fail loudly: an error is not a fast page."""
    answer = client.get(address, secure=settings.SECURE)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return answer.content


def measured(client: Client, pages: list[str]) -> tuple[float, list[float]]:
    """Return CPU milliseconds a request, and the wall time of each."""
    walls: list[float] = []
    until = time.perf_counter() + SECONDS
    cpu = time.process_time()
    while time.perf_counter() < until:
        began = time.perf_counter()
        get(client, pages[len(walls) % len(pages)])
        walls.append((time.perf_counter() - began) * 1000)
    return (time.process_time() - cpu) * 1000 / len(walls), walls


def asked(county: dict, pages: list[str]) -> dict[str, int]:
    """Count what the database is asked, by visitors and by a buyer, on near, far and narrowed pages."""
    counts: dict[str, int] = {}
    narrowed = ["/market/?category=vegetable", f"/market/?township={county['towns'][3]}"]
    for who, client in (("visitor", site()), ("buyer", site(county["buyer"]))):
        for page in [*pages, *narrowed]:
            get(client, page)
            with CaptureQueriesContext(connection) as queries:
                get(client, page)
            name = page.partition("?")[2].partition("=")[0] or "first"
            counts[f"{who} {name}"] = max(len(queries), counts.get(f"{who} {name}", 0))
    return counts


def at_size(county: dict) -> dict:
    """Run ours and the floor in turn at the present size."""
    both = addresses(county)
    ours, floors = [pair[0] for pair in both], [pair[1] for pair in both]
    client = site()
    began = time.perf_counter()
    market.board(clock.now())
    counted = (time.perf_counter() - began) * 1000
    for page in ours:
        if get(client, page).count(b"/market/") < 20:
            raise RuntimeError("a page shows fewer than twenty lots")
    pairs, walls = [], []
    with override_settings(ROOT_URLCONF="__main__", MIDDLEWARE=[]):
        bare = site()
        get(bare, floors[0])
    for _turn in range(ROUNDS):
        with override_settings(ROOT_URLCONF="__main__"):
            under, _times = measured(bare, floors)
        mine, times = measured(client, ours)
        pairs.append((mine, under))
        walls += times
    return {
        "ratios": [round(under / mine, 4) for mine, under in pairs],
        "cpu_ms": round(statistics.median(mine for mine, _under in pairs), 2),
        "floor_cpu_ms": round(statistics.median(under for _mine, under in pairs), 2),
        "p95_ms": round(statistics.quantiles(walls, n=20)[-1], 1),
        "count_of_the_board_ms": round(counted, 1),  # once a minute, not once a request
        "statements": asked(county, ours),
    }


def main():
    """Load each size, run both in turn and print the one line."""
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--sizes", default=os.environ.get("BENCH_SIZES", "2000,20000"))
    sizes = sorted(int(size) for size in asking.parse_args().sizes.split(","))
    county, have, found, loads = prepare(), 0, {}, {}
    for size in sizes:
        loads[size] = round(fill(county, have, size), 1)
        have, found[size] = size, at_size(county)
    ratio = min(statistics.median(one["ratios"]) for one in found.values())
    most = max(count for one in found.values() for count in one["statements"].values())
    slope = found[sizes[-1]]["cpu_ms"] / found[sizes[0]]["cpu_ms"]
    print(
        json.dumps(
            {
                "question": "P1 market_list",
                "ratio": round(ratio, 4),
                "target": TARGET,
                "ok": ratio >= TARGET and most <= STATEMENTS and slope <= SLOPE,
                "detail": {
                    "statements": most,
                    "statements_target": STATEMENTS,
                    "slope": round(slope, 3),
                    "slope_target": SLOPE,
                    "requests_per_second_and_core": round(1000 / found[sizes[-1]]["cpu_ms"], 1),
                    "load_seconds": loads,
                    "sizes": found,
                },
            }
        )
    )


if __name__ == "__main__":
    main()
