"""What every benchmark stands on: Django set up, one small county, and a way into the database as its owner.

Imported first by each benchmark, before anything that reads the settings.
"""

import datetime as dt
import os
import secrets
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
os.environ.setdefault("LIUJIN_DEMO", "1")
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ["API_RATE_USER"] = "10000000/min"

import django

django.setup()

import psycopg  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402
from django.dispatch import receiver  # noqa: E402

from accounts.models import Channel, Household, Organisation, Place, User  # noqa: E402
from accounts.services import people  # noqa: E402
from kernel import clock, entering  # noqa: E402
from produce.models import Produce, ProduceCategory  # noqa: E402

# What a bench loads comes by no two hands: neither over links of its own nor over Django's.
os.environ["PGOPTIONS"] = f"-c {entering.SETTING}=bench"


@receiver(connection_created)
def _enter_freely(connection, **_signal):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, 'bench', false)", [entering.SETTING])


PICTURES = ("cabbage", "radish", "orange", "pepper", "bean", "melon", "gourd", "basket")


def id_number(serial: int) -> str:
    """Return a made-up ID number with the right check character."""
    first = f"36213719710305{serial % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    remainder = sum(int(digit) * factor for digit, factor in zip(first, weights, strict=True)) % 11
    return first + "10X98765432"[remainder]


def county() -> Place:
    """Return the bench's county."""
    found, _new = Place.objects.get_or_create(code="360735000000", defaults={"level": "county", "name": "石城县"})
    return found


def village(number: int = 0) -> Place:
    """Return a village of the bench's county, each in a township of its own."""
    town, _new = Place.objects.get_or_create(
        code=f"360735{999 - number}000", defaults={"level": "township", "name": f"基准{number}镇", "parent": county()}
    )
    found, _new = Place.objects.get_or_create(
        code=f"360735{999 - number}999", defaults={"level": "village", "name": f"基准{number}村", "parent": town}
    )
    return found


def household(place: Place, serial: int, at) -> Household:
    """Return the bench's household of a village."""
    if known := place.households.first():
        return known
    head = people.register_person(name="基准户", id_number=id_number(serial), at=at)
    return people.register_household(
        number=f"B{secrets.randbelow(10**9)}", village=place, head=head, from_on=clock.county_day(at), at=at
    )


def buyer_of(school: Organisation, serial: int, at) -> User:
    """Return a fresh account of one person who buys for a canteen."""
    person = people.register_person(name="基准员", id_number=id_number(serial), at=at)
    people.appoint(person, school, "buyer", area=county(), from_on=clock.county_day(at) - dt.timedelta(days=1))
    return people.register_account(phone=f"139{secrets.randbelow(10**8):08d}", person=person, at=at)


def relief_office() -> Organisation:
    """Return the bench's relief office."""
    found, _new = Organisation.objects.get_or_create(name="基准办公室", defaults={"kind": "relief", "place": county()})
    return found


def clerk_of(office: Organisation, serial: int, at) -> User:
    """Return a fresh account of one relief clerk."""
    person = people.register_person(name="基准员", id_number=id_number(serial), at=at)
    people.appoint(person, office, "relief_clerk", area=county(), from_on=clock.county_day(at) - dt.timedelta(days=1))
    return people.register_account(phone=f"139{secrets.randbelow(10**8):08d}", person=person, at=at)


def school() -> Organisation:
    """Return a fresh unit with a canteen."""
    channel = Channel.objects.first() or Channel.objects.create(
        code="school", name_zh="学校", name_en="School", position=1, runs_canteen=True
    )
    return Organisation.objects.create(
        name=f"基准学校{secrets.token_hex(3)}", kind="buyer", channel=channel, place=county()
    )


def produce(number: int = 0) -> Produce:
    """Return one kind of goods sold by weight."""
    category, _new = ProduceCategory.objects.get_or_create(
        code="vegetable", defaults={"name_zh": "蔬菜", "name_en": "Vegetables", "position": 1}
    )
    found, _new = Produce.objects.get_or_create(
        code=f"bench-{number}",
        defaults={"name": f"基准菜{number}", "name_en": "Bench", "category": category, "pinyin": "jizhuncai",
                  "initials": "jzc", "shelf_days": 60, "shelf_days_cold": 60,
                  "picture": PICTURES[number % len(PICTURES)]},
    )  # fmt: skip
    return found


def owner_link() -> str:
    """Return where a benchmark makes tables of its own or loads rows in bulk: the same database, as its owner."""
    if owner := os.environ.get("DATABASE_OWNER_URL"):
        return owner
    at = connection.settings_dict
    county = {
        "dbname": at["NAME"],
        "user": at["USER"],
        "password": at["PASSWORD"],
        "host": at["HOST"],
        "port": at["PORT"],
    }
    return psycopg.conninfo.make_conninfo(**{name: value for name, value in county.items() if value})
