"""P11: how long does a register file of 30,000 households take, checked and entered, with its faulty rows named?

The file is a workbook made here: in every hundred rows one with a wrong check character, one with a village nobody
knows. Checked whole first, then brought by one clerk and confirmed by another with the faulty rows left out, in a
process of its own whose greatest resident size is read at the end. The ratio is rows a second beside bare psycopg
inserting as many rows of three columns.

    python -m launch.services sh -c 'python manage.py set_up_database && python bench/import_households.py'
"""

import _ground as ground  # isort: skip  (first: it sets Django up)

import io
import json
import os
import resource
import time

import psycopg
import xlsxwriter

from accounts.models import Household
from accounts.services import register, register_files
from kernel import clock

ROWS = int(os.environ.get("BENCH_ROWS", "30000"))
MOST_SECONDS, MOST_MIB = 60, 300
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周", "秀英桂兰建国春梅志强"


def id_number(serial: int) -> str:
    """Return a made-up ID number, another for each serial, with the right check character."""
    first = f"3621371971{1 + serial // 27000 % 12:02d}{1 + serial // 1000 % 27:02d}{serial % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    remainder = sum(int(digit) * factor for digit, factor in zip(first, weights, strict=True)) % 11
    return first + "10X98765432"[remainder]


def a_file(rows: int) -> tuple[bytes, int]:
    """Return a workbook of so many rows, and how many of them are faulty."""
    places = [ground.village(number) for number in range(20)]
    box, faulty = io.BytesIO(), 0
    book = xlsxwriter.Workbook(box, {"in_memory": True, "constant_memory": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["户编号", "户主姓名", "身份证号", "联系电话", "家庭人口", "户类型", "村代码"])
    for serial in range(rows):
        number, village = id_number(serial), places[serial % len(places)].code
        if serial % 100 == 50:
            number, faulty = number[:17] + ("1" if number[17] != "1" else "2"), faulty + 1
        if serial % 100 == 80:
            village, faulty = "360735888888", faulty + 1
        name = SURNAMES[serial % 10] + GIVEN[serial // 10 % 10] + GIVEN[serial // 100 % 10]
        sheet.write_row(
            serial + 1, 0, [f"J{serial:06d}", name, number, f"138{serial:08d}", str(1 + serial % 6), "脱贫户", village]
        )
    book.close()
    return box.getvalue(), faulty


def floor(rows: int) -> float:
    """Return the seconds in which bare psycopg enters as many rows of three columns into a table of its own."""
    with psycopg.connect(ground.owner_link()) as link:
        link.execute("CREATE TEMP TABLE least (number text PRIMARY KEY, name text, key text UNIQUE)")
        began = time.perf_counter()
        with link.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO least VALUES (%s, %s, %s)", [(f"J{n}", f"name {n}", f"key {n}") for n in range(rows)]
            )
        link.commit()
        return time.perf_counter() - began


def main():
    """Check the file, bring and confirm it, then print the one line."""
    raw, faulty = a_file(ROWS)
    at, before, office = clock.now(), Household.objects.count(), ground.relief_office()
    began = time.perf_counter()
    faults = len(register.check_file(raw, at=at).faults)
    seconds_checked = time.perf_counter() - began
    first, second = (ground.clerk_of(office, serial, at) for serial in (880_001, 880_002))
    file = register_files.propose_file(raw, skip_faulty=True, office=office, by=first, at=at)
    register_files.confirm_file(file, by=second, at=at)
    seconds = time.perf_counter() - began
    if faults != faulty or Household.objects.count() - before != ROWS - faulty:
        raise RuntimeError("the file was not entered as it is")
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    least = floor(ROWS)
    print(
        json.dumps(
            {
                "question": "P11 import_households",
                "ratio": round(least / seconds, 4),
                "target": f"{MOST_SECONDS} s, {MOST_MIB} MiB",
                "ok": seconds <= MOST_SECONDS and mib <= MOST_MIB,
                "detail": {
                    "rows": ROWS,
                    "faulty": faulty,
                    "seconds": round(seconds, 1),
                    "seconds_of_the_check": round(seconds_checked, 1),
                    "rows_a_second": round(ROWS / seconds),
                    "most_mib": mib,
                    "file_kib": len(raw) // 1024,
                    "floor_seconds": round(least, 2),
                },
            }
        )
    )


if __name__ == "__main__":
    main()
