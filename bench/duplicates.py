"""P17: how long does it take to compare 30,000 households, and how much memory; and once more when nothing changed?

Thirty townships of ten villages, a hundred households each; every seventh phone serves two of them. Compared in a
process of its own, whose greatest resident size is read at the end.

    python -m launch.services sh -c 'python manage.py set_up_database && python bench/duplicates.py'
"""

import _ground as ground  # isort: skip  (first: it sets Django up)

import datetime as dt
import json
import os
import resource
import time

from django.db import connection

from accounts.models import Household, HouseholdMember, Person, Place
from kernel import clock
from records.models import Job
from registers.models import Duplicate
from registers.services import duplicates

HOUSEHOLDS = int(os.environ.get("BENCH_ROWS", "30000"))
TOWNS, VILLAGES = 30, 10
MOST_SECONDS, MOST_MIB = 60, 300
LONG_AGO = dt.date(2020, 1, 1)
SURNAMES, GIVEN = "黄温赖刘陈廖熊邓罗李", "秀英桂兰建国春梅志强有福大发三妹石水木生"


def fill() -> None:
    """Enter the places and the households."""
    county = ground.county()
    people, households = [], []
    for town in range(TOWNS):
        code = f"360735{500 + town}000"
        place, _new = Place.objects.get_or_create(
            code=code, defaults={"level": "township", "name": f"镇{town}", "parent": county}
        )
        for village in range(VILLAGES):
            Place.objects.get_or_create(
                code=f"{code[:9]}{200 + village}",
                defaults={"level": "village", "name": f"村{town}-{village}", "parent": place},
            )
    for serial in range(HOUSEHOLDS):
        person, home = _household(serial)
        people.append(person)
        households.append(home)
    Person.objects.bulk_create(people, batch_size=2000)
    Household.objects.bulk_create(households, batch_size=2000)
    HouseholdMember.objects.bulk_create(
        [HouseholdMember(household=home, person=home.head, from_on=LONG_AGO) for home in households],
        batch_size=2000,
    )


def _household(serial: int) -> tuple[Person, Household]:
    name = SURNAMES[serial // 7 % 10] + GIVEN[serial * 7 % 20] + GIVEN[(serial // 300) * 11 % 20]
    person = Person(key=f"bench-{serial}")
    person.name = name
    village = f"360735{500 + serial % TOWNS}{200 + serial // TOWNS % VILLAGES}"
    home = Household(number=f"D{serial:06d}", village_id=village, head=person, people=3)
    home.head_name, home.phone = name, f"137{serial - (serial % 14 == 7) * 7:08d}"
    return person, home


def run() -> float:
    """Compare all once, and return how many seconds that took."""
    Job.objects.filter(kind=duplicates.JOB).delete()
    began = time.perf_counter()
    duplicates.look_for_duplicates(at=clock.now())
    return time.perf_counter() - began


def main():
    """Fill the county, compare it twice, and print the one line."""
    fill()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    connection.close()
    first, again = run(), run()
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {
        "question": "P17 duplicates",
        "target": f"{MOST_SECONDS} s, {MOST_MIB} MiB",
        "ok": first <= MOST_SECONDS and mib <= MOST_MIB,
        "detail": {
            "households": Household.objects.count(),
            "pairs": Duplicate.objects.filter(status="open").count(),
            "seconds": round(first, 1),
            "seconds_when_nothing_changed": round(again, 1),
            "most_mib": round(mib),
        },
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
