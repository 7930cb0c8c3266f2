"""P4: what does placing an order of five lines against one union fund cost, beside the least that PostgreSQL needs?

The same buyer then orders from each of its purses by chance (P4b): its row is locked first, so that its orders are
judged one after the other whatever their funds. Then from the one fund again, each order by one of many purchase plans
(P4c). The floor stays that of one fund row.

Ours goes through the whole site in process (session, throttle, API, idempotency, history, messages to sellers); the
floor is five bare statements of psycopg over tables of its own, all orders on one fund row as well. Both run in turn, 2
processes × 4 threads, several rounds, on the same server. Prints three JSON lines.

    python -m launch.services sh -c 'python manage.py set_up_database && python bench/place_order.py'
"""

import _ground as ground  # isort: skip  (first: it sets Django up)

import datetime as dt
import json
import multiprocessing
import os
import random
import statistics
import threading
import time
import uuid

import psycopg
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, Role, User
from accounts.selectors import standing
from accounts.services import people
from canteens.models import Fund, FundKind, PurchasePlan
from canteens.services import confirm_budget, open_fund, propose_budget
from canteens.services.plan_goods import Goods
from canteens.services.purchase_plans import Planned, approve_plan, send_plan
from catalog.models import Listing
from catalog.services import listings
from kernel import clock, weight
from kernel.present import known
from orders.selectors import union_share
from orders.services import placing

TARGET, STATEMENTS = 0.12, 12
LINES, PROCESSES, THREADS, PLANS = 5, 2, 4, 20
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
LOTS = int(os.environ.get("BENCH_LOTS", "200"))
FLOOR = """
DROP TABLE IF EXISTS bench_line, bench_order, bench_lot, bench_fund;
CREATE TABLE bench_lot (id bigint PRIMARY KEY, price int NOT NULL, stock bigint NOT NULL CHECK (stock >= 0));
CREATE TABLE bench_fund (id int PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
CREATE TABLE bench_order (id bigserial PRIMARY KEY, buyer int NOT NULL, total bigint NOT NULL);
CREATE TABLE bench_line (id bigserial PRIMARY KEY, order_id bigint NOT NULL REFERENCES bench_order,
                         lot_id bigint NOT NULL REFERENCES bench_lot, quantity bigint NOT NULL, price int NOT NULL);
INSERT INTO bench_lot SELECT g, 80, 1000000000 FROM generate_series(1, {lots}) g;
INSERT INTO bench_fund VALUES (1, 1000000000000);
"""


def prepare() -> dict:
    """Make one canteen with a deep purse and lots of large size; return what an order needs."""
    at = clock.now()
    today = clock.county_day(at)
    village = ground.village()
    produce = ground.produce()
    school = ground.school()
    user = ground.buyer_of(school, 997, at)
    checker = ground.buyer_of(school, 996, at)
    people.appoint(known(checker.person), school, Role.UNION_CHAIR, area=ground.county(), from_on=today)
    papers = {FundKind.DONATION: "基准"}
    funds = [
        open_fund(school, kind, today.year, donor_document=papers.get(FundKind(kind), ""), at=at)
        for kind in FundKind.values
    ]
    for fund in funds:
        confirm_budget(propose_budget(fund, 10**11, "基准", by=user, at=at), by=checker, at=at)
    union = funds[FundKind.values.index(FundKind.UNION)]
    household = ground.household(village, 998, at)
    lots = [
        listings.put_on_sale(
            household=household, produce=produce, quantity=weight.parse_quantity("1000", "ton"), price_fen=80,
            harvested_on=today, consent="paper", by=user, at=at,
        ).pk
        for _lot in range(LOTS)
    ]  # fmt: skip
    return {
        "user": str(user.pk), "plans": plans(union, user, checker, at),
        "funds": [union.pk], "purses": [fund.pk for fund in funds], "produce": produce.pk, "code": produce.code,
        "lots": lots,
        "deliver_on": (today + dt.timedelta(days=3)).isoformat(),
    }  # fmt: skip


def plans(fund: Fund, by: User, checker: User, at: dt.datetime) -> list[int]:
    """Return approved plans of a month, each for far more than is ordered."""
    today = clock.county_day(at)
    days, goods = (today, today + dt.timedelta(days=30)), (Goods(category_id="vegetable"),)
    sent = [
        send_plan(
            fund, Planned("season", f"基准 {number}", 10**9, *days, f"基准〔{number}〕号", goods=goods), by=by, at=at
        )
        for number in range(PLANS)
    ]
    return [approve_plan(plan, by=checker, at=at).pk for plan in sent]


def ours(county: dict):
    """Return the act of ordering five lots through the site, signed in."""
    client = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
    client.force_login(
        User.objects.get(pk=county["user"]), backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    def act(chance: random.Random):
        chosen = chance.sample(county["lots"], LINES)
        body = {
            "fund": chance.choice(county["funds"]),
            "deliver_on": county["deliver_on"],
            "lines": [
                {"produce": county["code"], "lots": [{"listing": lot, "kg": "1", "price": "0.80"}]} for lot in chosen
            ],
        }
        body |= {"plan": chance.choice(county["plans"])} if county.get("by_plan") else {}
        answer = client.post(
            "/api/v1/orders/", json.dumps(body), content_type="application/json",
            headers={"Idempotency-Key": uuid.uuid4().hex}, secure=settings.SECURE,
        )  # fmt: skip
        if answer.status_code != 201:
            raise RuntimeError(f"{answer.status_code} {answer.content[:300]!r}")

    return act


def floor(dsn: str):
    """Return the act of five bare statements, the one fund row last."""
    link = psycopg.connect(dsn, autocommit=True, prepare_threshold=2)

    def act(chance: random.Random):
        chosen = sorted(chance.sample(range(1, LOTS + 1), LINES))
        with link.transaction():
            rows = link.execute(
                "SELECT id, price, stock FROM bench_lot WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", (chosen,)
            ).fetchall()
            link.execute("UPDATE bench_lot SET stock = stock - 1000 WHERE id = ANY(%s)", (chosen,))
            [(order,)] = link.execute("INSERT INTO bench_order (buyer, total) VALUES (1, 800) RETURNING id")
            link.execute(
                "INSERT INTO bench_line (order_id, lot_id, quantity, price) "
                "SELECT %s, l.id, 1000, l.price FROM unnest(%s::bigint[], %s::int[]) AS l (id, price)",
                (order, [row[0] for row in rows], [row[1] for row in rows]),
            )
            link.execute("UPDATE bench_fund SET balance = balance - 800 WHERE id = 1 AND balance >= 800")

    return act


def crowd(kind: str, county: dict, dsn: str, seconds: float, seed: int, results):
    """Act with four threads until the time is up; put down how many orders there were."""
    counts, start = [0] * THREADS, threading.Barrier(THREADS)

    def one(number: int):
        act = ours(county) if kind == "ours" else floor(dsn)
        chance = random.Random(seed * 100 + number)  # noqa: S311  (which lots, the same each run)
        act(chance)  # warm
        start.wait()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            act(chance)
            counts[number] += 1

    threads = [threading.Thread(target=one, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(sum(counts) / seconds)


def measured(kind: str, county: dict, dsn: str, seed: int) -> float:
    """Return orders a second of two processes."""
    results = multiprocessing.get_context("spawn").Queue()
    runs = [
        multiprocessing.get_context("spawn").Process(
            target=crowd, args=(kind, county, dsn, SECONDS, seed + number, results)
        )
        for number in range(PROCESSES)
    ]
    for run in runs:
        run.start()
    rates = [results.get(timeout=SECONDS * 20 + 120) for _run in runs]
    for run in runs:
        run.join()
    return sum(rates)


def statements(county: dict) -> int:
    """Count what placing five lines asks of the database, beside BEGIN and COMMIT."""
    user = User.objects.get(pk=county["user"])
    standing(user).household_id  # noqa: B018  (the door has read who this is)
    lots = Listing.objects.in_bulk(county["lots"][:LINES])
    school = Organisation.objects.get(funds=county["funds"][0])
    fund = open_fund(school, "union", clock.county_day(clock.now()).year, at=clock.now())
    fund.organisation = school  # the door has read it
    union_share.is_asked(clock.county_day(clock.now()))  # the process knows
    lines = [
        placing.Wish(county["produce"], (placing.Take(pk, 1000, lot.price_fen, lot.price_unit_g),))
        for pk, lot in lots.items()
    ]
    plan = PurchasePlan.objects.get(pk=county["plans"][0]) if county.get("by_plan") else None
    day, at = dt.date.fromisoformat(county["deliver_on"]), clock.now()
    with CaptureQueriesContext(connection) as asked:
        placing.place_once(
            uuid.uuid4().hex, buyer=school, fund=fund, deliver_on=day, lines=lines, plan=plan, by=user, at=at
        )
    return sum(query["sql"] not in ("BEGIN", "COMMIT") for query in asked)


def main():
    """Order from one purse, from all of the same buyer, by many plans; print a line for each."""
    county = prepare()
    told("P4 place_order", county)
    told("P4b place_order, one buyer and all its purses", county | {"funds": county["purses"]})
    told("P4c place_order, one purse and many plans", county | {"by_plan": True})


def told(question: str, county: dict):
    """Run ours and the floor in turn and print the one line of a question."""
    dsn = ground.owner_link()
    with psycopg.connect(dsn, autocommit=True) as link:
        link.execute(FLOOR.format(lots=LOTS))
    asked = statements(county)
    pairs = []
    for turn in range(ROUNDS):
        least = measured("floor", county, dsn, turn * 10)
        pairs.append((measured("ours", county, dsn, turn * 10 + 5), least))
    with psycopg.connect(dsn, autocommit=True) as link:
        link.execute("DROP TABLE bench_line, bench_order, bench_lot, bench_fund")
    ratios = [mine / least for mine, least in pairs]
    ratio = statistics.median(ratios)
    print(
        json.dumps(
            {
                "question": question,
                "ratio": round(ratio, 4),
                "target": TARGET,
                "ok": ratio >= TARGET and asked <= STATEMENTS,
                "detail": {
                    "statements": asked,
                    "statements_target": STATEMENTS,
                    "orders_per_second": round(statistics.median(mine for mine, _least in pairs), 1),
                    "floor_per_second": round(statistics.median(least for _mine, least in pairs), 1),
                    "ratios": [round(one, 4) for one in ratios],
                    "purses": len(county["funds"]),
                    "plans": PLANS if county.get("by_plan") else 0,
                    "lines": LINES,
                    "lots": LOTS,
                    "processes": PROCESSES,
                    "threads": THREADS,
                },
            }
        )
    )


if __name__ == "__main__":
    main()
