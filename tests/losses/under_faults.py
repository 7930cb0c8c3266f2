"""Many reports and visits sent by phones under faults, and what must then be true of them."""

import random
from collections import Counter

from django.test import Client
from django.urls import reverse

from losses.models import LossClaim
from records.models import Attachment
from tests import factories
from tests.factories import login
from tests.guards.rows import as_owner
from tests.losses.steps import KG, Story, a_lot
from tests.losses.unreliable import FAULTS, Phone, drawn_photo


def reports_hold(village, produce, dice: random.Random, many: int) -> Counter[str]:
    """Let a household report this many losses, and see each once, with its photos, where its author reads it."""
    household = factories.a_household(village)
    farmer = factories.a_user("黄秀英", person=household.head)
    lots = [a_lot(household, produce, kg=100, by=farmer) for _row in range(many)]
    phone = Phone(login(Client(), farmer), dice)

    for number, lot in enumerate(lots):
        phone.report(lot, photos=[drawn_photo(10_000 + 3 * number + k) for k in range(dice.choice((1, 3)))])

    assert set(phone.faults) == FAULTS and phone.faults.total() > 2 * many
    claims = LossClaim.objects.filter(household=household)
    assert sorted(claims.values_list("listing", flat=True)) == sorted(lot.pk for lot in lots)
    assert numbers_read_by(phone.client) == sorted(phone.numbers)
    assert {claim.number: photos_of(claim) for claim in claims} == phone.photos
    return phone.faults


def numbers_read_by(client: Client) -> list[str]:
    """Return the numbers of the claims that this person's program reads, page by page."""
    numbers, url = [], f"{reverse('api-claims')}?page_size=200"
    while url:
        page = client.get(url).json()
        numbers += [row["number"] for row in page["results"]]
        url = page["next"]
    return sorted(numbers)


def photos_of(claim: LossClaim) -> int:
    """Return how many photos hang on a report."""
    return Attachment.objects.filter(document=claim.reference, role__startswith="claim").count()


def visits_hold(story: Story, village, produce, dice: random.Random, many: int) -> Counter[str]:
    """Let the drawn verifiers write down this many visits, and see each once, with its photos, by its author."""
    claims = []
    for _row in range(many):
        household = factories.a_household(village)
        farmer = factories.a_user("黄秀英", person=household.head)
        claims.append(story.filed(a_lot(household, produce, kg=100, by=farmer), kg=50))
    _know_the_tables()
    visits = story.drawn_together(*claims)
    _know_the_tables()
    phones = {person: Phone(login(Client(), person), dice) for person in {visit.first for visit in visits}}

    for number, visit in enumerate(visits):
        three = {which: drawn_photo(50_000 + 3 * number + k) for k, which in enumerate(("whole", "near", "people"))}
        phones[visit.first].visit(visit, photos=three, found="100")

    faults = sum((phone.faults for phone in phones.values()), Counter())
    assert set(faults) == FAULTS
    for visit in visits:
        visit.refresh_from_db()
        assert (visit.found, visit.conclusion) == (50 * KG, "there")
        photos = Attachment.objects.filter(document=visit.claim.reference, role__startswith="visit:")
        assert photos.count() == 3
        assert visit.claim.number in phones[visit.first].numbers
    return faults


def _know_the_tables() -> None:
    """Let the planner know these rows: a county's own statistics are seldom older than a day."""
    with as_owner() as cursor:
        cursor.execute("ANALYZE")
