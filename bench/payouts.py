"""P10: how long do a relief batch with its bank file and the bank's answer to it take, with a million payments on file?

For each size: so many payees wait; one person makes the batch, a second sends it (the file is written), the bank's
answer is read, checked and stored, and the sweep applies it whole; one payee in a hundred is refused. The payments on
file are rows made by the server itself. Prints one JSON line a size; the slope is time per payee beside the size
before.

    python -m launch.services sh -c 'python manage.py set_up_database && python bench/payouts.py'
"""

import _ground as ground  # isort: skip  (first: it sets Django up)

import json
import os
import time
import uuid

import psycopg

from accounts.models import Organisation, Role, User
from accounts.services import people
from kernel import clock
from kernel.money import yuan_plain
from kernel.present import known
from kernel.sealing import blind_index, seal
from ledger.models import Account, Payable, Payment, PayoutBatch
from ledger.selectors import waiting_payables
from ledger.services import applying, payouts

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "2000,20000").split(",")]
ON_FILE = int(os.environ.get("BENCH_ON_FILE", "1000000"))
BATCH_SECONDS, RETURN_SECONDS, TARGET_AT, SLOPE = 15, 30, 20_000, 1.5
FEN = 80_00
TABLES = "ledger_payable", "ledger_payment", "ledger_transfer", "records_participation", "ledger_payoutbatch"

PERSONS_AND_HOUSEHOLDS = """
INSERT INTO accounts_person (id, key, name_sealed, id_number_sealed, born_on)
SELECT md5(%(run)s || g)::uuid, md5(%(run)s || 'p' || g), '', '', '1971-01-01'
FROM generate_series(1, %(count)s) g;
INSERT INTO accounts_household
    (id, number, village_id, head_id, head_name_sealed, phone_sealed, phone_index, people, created_at)
SELECT md5(%(run)s || 'h' || g)::uuid, left(md5(%(run)s || 'n' || g), 20), %(village)s, md5(%(run)s || g)::uuid,
       '', '', '', 1, now() FROM generate_series(1, %(count)s) g;
INSERT INTO ledger_account (code, kind, guarded, debits_pending_fen, debits_posted_fen, credits_pending_fen,
                            credits_posted_fen, given_back_fen)
SELECT 'payee:household:' || md5(%(run)s || 'h' || g)::uuid, 'payable', false, 0, 0, 0, %(fen)s, 0
FROM generate_series(1, %(count)s) g;
"""
PAYMENTS_ON_FILE = """
INSERT INTO ledger_payable (id, kind, document, household_id, payer_id, account_id, bank_account_id, amount_fen,
                            payee_name_sealed, card_sealed, card_index, bank, due_on, at)
SELECT md5('old' || g)::uuid, 'relief', 'claim:' || (10000000 + g), %(household)s, %(payer)s, %(account)s, %(bank)s,
       %(fen)s, '', '', md5('card' || g), 'x', '2026-01-01', now() - interval '200 days' + g * interval '10 seconds'
FROM generate_series(1, %(count)s) g;
INSERT INTO ledger_payment (status, payable_id, method, amount_fen, batch_id, line_no, line_reference, voucher_number,
                            maker_id, prepared_at, paid_at, arrivals, failure)
SELECT 'paid', md5('old' || g)::uuid, 'batch', %(fen)s, %(batch)s, g, 'OLD' || g, '', %(maker)s, now(), now(), 1, ''
FROM generate_series(1, %(count)s) g;
INSERT INTO ledger_transfer (reference, kind, debit_id, credit_id, amount_fen, at)
SELECT 'payment:old' || g || ':paid', 'posted', %(account)s, %(bank)s, %(fen)s, now()
FROM generate_series(1, %(count)s) g;
INSERT INTO records_participation (document, person_key, stage, at)
SELECT 'claim:' || (10000000 + g), %(key)s, 'payout_make', now() FROM generate_series(1, %(count)s) g;
"""
NEW_PAYABLES = """
COPY ledger_payable (id, kind, document, household_id, payer_id, account_id, bank_account_id, amount_fen,
                     payee_name_sealed, card_sealed, card_index, bank, due_on, at) FROM STDIN
"""


def office() -> tuple[Organisation, User, User]:
    """Return a finance office with a maker and a checker."""
    at, payer = clock.now(), Organisation.objects.create(name="基准财政局", kind="finance", place=ground.county())
    users: list[User] = []
    for serial, role in ((981, Role.FINANCE_MAKER), (982, Role.FINANCE_CHECKER)):
        person = people.register_person(name="基准员", id_number=ground.id_number(serial), at=at)
        people.appoint(person, payer, role, area=ground.county(), from_on=clock.county_day(at))
        users.append(people.register_account(phone=f"13712345{serial}", person=person, at=at))
    return payer, users[0], users[1]


def bank() -> Account:
    """Return the account through which money leaves."""
    found, _new = Account.objects.get_or_create(code="bench:bank", defaults={"kind": "bank", "guarded": False})
    return found


def fill(payer: Organisation, maker: User) -> None:
    """Put the payments on file: settled long ago, under one batch and one household."""
    batch = PayoutBatch(number="FBENCH", payer=payer, maker=maker, lines=1, total_fen=1, prepared_at=clock.now()).begin(
        by=maker, at=clock.now()
    )
    household, account = payees("old", 1)[0]
    values = {
        "count": ON_FILE, "payer": payer.pk, "maker": maker.pk, "bank": bank().pk, "batch": batch.pk, "fen": FEN,
        "household": household, "account": account, "key": known(maker.person).key,
    }  # fmt: skip
    with psycopg.connect(ground.owner_link(), autocommit=True) as link:
        for table in TABLES:
            link.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in PAYMENTS_ON_FILE.split(";\n")[:-1]:
            link.execute(statement, values)
        for table in TABLES:
            link.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    analyse()


def payees(run: str, count: int) -> list[tuple[uuid.UUID, int]]:
    """Make so many households with their accounts, and return the keys of both."""
    values = {"run": run, "count": count, "village": ground.village().pk, "fen": FEN}
    with psycopg.connect(ground.owner_link()) as link:
        for statement in PERSONS_AND_HOUSEHOLDS.split(";\n")[:-1]:
            link.execute(statement, values)
        rows = link.execute(
            "SELECT h.id, a.id FROM generate_series(1, %(count)s) g"
            " JOIN accounts_household h ON h.id = md5(%(run)s || 'h' || g)::uuid"
            " JOIN ledger_account a ON a.code = 'payee:household:' || h.id",
            values,
        ).fetchall()
    return rows


def owe(payer: Organisation, size: int) -> None:
    """Owe relief to so many payees."""
    at, day = clock.now(), clock.county_day(clock.now())
    rows = payees(f"run{size}", size)
    with psycopg.connect(ground.owner_link()) as link, link.cursor().copy(NEW_PAYABLES) as copy:
        for number, (household, account) in enumerate(rows):
            key, card = uuid.uuid4(), f"62179900{size:07d}{number:07d}"
            sealed = [
                seal(text, bound_to=f"ledger_payable:{key}:{column}_sealed")
                for column, text in (("payee_name", "基准户"), ("card", card))
            ]
            copy.write_row(
                (key, "relief", f"claim:{size * 1000 + number}", household, payer.pk, account, bank().pk, FEN, *sealed,
                 blind_index("card", card), "基准银行", day, at)
            )  # fmt: skip
    analyse()


def analyse() -> None:
    """Let the planner know what the server does by itself after a while."""
    with psycopg.connect(ground.owner_link(), autocommit=True) as link:
        link.execute("ANALYZE")


def answer(batch: PayoutBatch) -> bytes:
    """Return what the bank says: all arrived, but one in a hundred was refused."""
    rows = [f"H|{batch.number}|{batch.lines}|{yuan_plain(batch.total_fen)}"]
    for payment in batch.payments.select_related("payable", "snapshot").order_by("line_no").iterator(chunk_size=2000):
        result = "9001|卡已注销" if known(payment.line_no) % 100 == 0 else "0000|"
        payee = payment.payee
        rows.append(
            f"D|{payment.line_reference}|{payee.card}|{payee.payee_name}|{yuan_plain(payment.amount_fen)}|{result}"
        )
    rows.append(f"T|{batch.lines}|{yuan_plain(batch.total_fen)}")
    return "".join(f"{row}\r\n" for row in rows).encode("gb18030")


def ask(payer: Organisation, maker: User, checker: User, size: int) -> dict:
    """Pay so many and hear the bank; return the seconds of each step."""
    owe(payer, size)
    began = time.perf_counter()
    batch = payouts.build_batch(payer, by=maker, at=clock.now())
    made = time.perf_counter()
    batch = payouts.send_batch(batch, by=checker, at=clock.now())
    sent = time.perf_counter()
    raw = answer(batch)
    arrived = time.perf_counter()
    loaded = applying.load_return(raw, by=checker, at=clock.now())
    stored = time.perf_counter()
    while applying.apply_waiting(now=clock.now):
        pass
    applied = time.perf_counter()
    if loaded.outcome.arrived + loaded.outcome.came_back != batch.lines or batch.lines < size:
        raise RuntimeError("not every line was applied")
    return {
        "payees": batch.lines,
        "batch_seconds": round(made - began, 2),
        "file_seconds": round(sent - made, 2),
        "request_seconds": round(stored - arrived, 2),
        "return_seconds": round(applied - arrived, 2),
    }


def main():
    """Fill the county, ask each size and print one line for it."""
    payer, maker, checker = office()
    began = time.perf_counter()
    fill(payer, maker)
    filled, before = time.perf_counter() - began, None
    for size in SIZES:
        found = ask(payer, maker, checker, size)
        per_payee = (found["batch_seconds"] + found["file_seconds"] + found["return_seconds"]) / found["payees"]
        slope = per_payee / before if before else 1.0
        before = per_payee
        in_time = size > TARGET_AT or (
            found["batch_seconds"] + found["file_seconds"] <= BATCH_SECONDS
            and found["return_seconds"] <= RETURN_SECONDS
        )
        print(
            json.dumps(
                {
                    "question": "P10 payout",
                    "ratio": round(slope, 2),
                    "target": f"{BATCH_SECONDS} s, {RETURN_SECONDS} s at {TARGET_AT}, slope {SLOPE}",
                    "ok": in_time and slope <= SLOPE,
                    "detail": found
                    | {
                        "on_file": Payment.objects.count(),
                        "payables": Payable.objects.count(),
                        "still_waiting": waiting_payables(payer).count(),
                        "load_seconds": round(filled, 1),
                    },
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
