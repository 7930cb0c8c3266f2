"""P20: how much does a phone load for a day of 20 visits, and in how many statements?

Twenty households each wait for a visit that one verifier writes down, and twenty for one that the same signs; the pack
is asked for as the phone does, and counted as it goes over the net. Prints one JSON line.

    python -m launch.services sh -c 'python manage.py set_up_database && python bench/visit_pack.py'
"""

import _ground as ground  # isort: skip  (first: it sets Django up)

import gzip
import json

import _losses as county
import psycopg
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation, Role, User
from accounts.services import people
from kernel import clock
from losses.models import LossClaim

VISITS, KIB = 20, 120
NAMED = """
INSERT INTO losses_visit (claim_id, round, first_id, second_id, seed, drawn_at, why, conclusion, signed, contested,
    odd_place, second_odd_place, witness_sealed, witness_tie, fell_why, fell_note)
SELECT c.id, 1, %(first)s, %(second)s, 'x', now(), '', '', '', '', '', '', '', '', '', ''
FROM losses_lossclaim c ORDER BY c.id DESC LIMIT %(visits)s OFFSET %(after)s;
"""


def verifier() -> User:
    """Return a verifier of the county."""
    at, office = clock.now(), Organisation.objects.create(name="基准站", kind="bureau", place=ground.county())
    person = people.register_person(name="基准员", id_number=ground.id_number(986), at=at)
    people.appoint(person, office, Role.VERIFIER, area=ground.county(), from_on=clock.county_day(at))
    return people.register_account(phone="13712345986", person=person, at=at)


def fill(user: User) -> None:
    """Let so many reports wait for this verifier, each of a household with a name and a telephone."""
    rules = county.scheme(county.bureau(), publish=True)
    county.fill(rules, homes=1_000, lots=1_000, claims=VISITS * 5, photos=VISITS * 15, status="to_visit")
    with psycopg.connect(ground.owner_link(), autocommit=True) as link:
        link.execute("ALTER TABLE losses_visit DISABLE TRIGGER USER")
        link.execute("DELETE FROM losses_visit")
        (other,) = link.execute("SELECT md5('lossu1')::uuid").fetchone() or ("",)
        for after, (first, second) in ((0, (user.pk, other)), (VISITS, (other, user.pk))):
            link.execute(NAMED, {"first": first, "second": second, "visits": VISITS, "after": after})
        link.execute("ALTER TABLE losses_visit ENABLE TRIGGER USER")
    for number, claim in enumerate(
        LossClaim.objects.filter(Q(visits__first=user) | Q(visits__second=user)).select_related("household")
    ):
        claim.household.head_name, claim.household.phone = "基准户主", f"1381234{number:04d}"
        claim.household.save(update_fields=["head_name_sealed", "phone_sealed"])


def main() -> None:
    """Fill, ask for the pack and print what it weighs."""
    user = verifier()
    fill(user)
    client = Client(raise_request_exception=True, SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    with CaptureQueriesContext(connection) as statements:
        answer = client.get("/visits/offline/", headers={"Accept-Encoding": "gzip"}, follow=True)
    sent = answer.content
    packed = len(sent) if answer.headers.get("Content-Encoding") else len(gzip.compress(sent))
    pages = (
        len(json.loads(gzip.decompress(sent) if answer.headers.get("Content-Encoding") else sent)) - 2
    )  # the list and the look before one leaves
    kib = packed / 1024
    print(
        json.dumps(
            {
                "question": "P20 visit_pack",
                "ratio": round(kib / KIB / 2, 2),
                "target": f"{KIB} KiB for {VISITS} visits, {VISITS} to write and {VISITS} to sign",
                "ok": kib <= 2 * KIB and pages == 2 * VISITS,
                "detail": {
                    "visits": pages,
                    "kib": round(kib, 1),
                    "compressed_by_the_site": bool(answer.headers.get("Content-Encoding")),
                    "plain_kib": round(len(gzip.decompress(sent) if kib * 1024 == len(sent) else sent) / 1024, 1),
                    "statements": len(statements),
                },
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
