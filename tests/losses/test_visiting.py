"""The visit: two different people drawn by a seed, three photos, two signatures, frozen."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import Membership
from accounts.services import people
from kernel.workflow import IllegalMove
from losses import permissions
from losses.models import ClaimFigure, LossClaim, Visit
from losses.pages.evidence import when_words
from losses.selectors import queues
from losses.selectors.claims import visit_photos
from losses.services import holding, visiting
from losses.services.rules import look
from records.models import Event, Participation
from tests import factories
from tests.factories import FRIDAY, LONG_AGO, login
from tests.losses.steps import KG, a_photo

pytestmark = pytest.mark.django_db


def three_photos(by):
    return {which: a_photo(by=by) for which in ("whole", "near", "people")}


def write_down(visit, **changes):
    facts = {
        "found": 50 * KG,
        "why": "",
        "signed": "paper",
        "photos": three_photos(visit.first),
        "by": visit.first,
        "at": FRIDAY,
    }
    facts |= changes
    reported = visit.claim.figures.get(stage="declared").quantity
    return visiting.record_visit(visit, **({"conclusion": visiting.conclusion_of(facts["found"], reported)} | facts))


def test_the_same_seed_draws_the_same_two():
    people_keys = [f"{n:02d}" for n in range(9)]

    drawn = {visiting.draw_pair("2026-11", people_keys) for _turn in range(3)}

    assert len(drawn) == 1
    assert visiting.draw_pair("2026-11", people_keys[::-1]) == drawn.pop()


def test_every_verifier_can_be_drawn():
    people_keys = list("abcde")

    drawn = {key for seed in range(100) for key in visiting.draw_pair(str(seed), people_keys)}

    assert drawn == set(people_keys)


def test_two_different_verifiers_are_drawn_and_the_seed_is_kept(story, lot, inspector_he, inspector_xu):
    visit = story.drawn(story.filed(lot))

    assert {visit.first, visit.second} == {inspector_he, inspector_xu}
    order = sorted([inspector_he.person.key, inspector_xu.person.key])
    assert visiting.draw_pair(visit.seed, order) == (visit.first.person.key, visit.second.person.key)


def test_two_accounts_of_one_person_are_one_verifier(story, lot, cast, inspector_he, inspector_xu):
    factories.a_user("何检查", person=inspector_he.person)
    Membership.objects.filter(person=inspector_xu.person).update(to_on=LONG_AGO.replace(year=2021))

    with pytest.raises(visiting.NotEnoughVerifiers):
        story.drawn(story.filed(lot))
    assert not Visit.objects.exists()


def test_nobody_of_the_village_or_the_household_is_drawn(
    story, lot, cast, bureau, committee, changxi, xiuying_household, inspector_he, inspector_xu
):
    neighbour = factories.a_user("赖检查", "verifier", bureau)
    people.appoint(neighbour.person, committee, "cadre", area=changxi, from_on=LONG_AGO)
    relative = factories.a_user("黄检查", "verifier", bureau)
    people.add_member(xiuying_household, relative.person, from_on=LONG_AGO)
    villager = factories.a_user("温检查", "verifier", bureau)
    people.register_household(number="V1", village=changxi, head=villager.person, from_on=LONG_AGO, at=FRIDAY)
    claim = story.to_visit(story.filed(lot))

    may = visiting.candidates(claim, on=FRIDAY.date())

    assert set(may.values()) == {inspector_he, inspector_xu}


def test_whoever_checked_before_is_not_drawn(story, lot, bureau, cast, inspector_he, inspector_xu, clerk_ma):
    people.appoint(clerk_ma.person, bureau, "verifier", area=bureau.place, from_on=LONG_AGO)
    claim = story.to_visit(story.filed(lot))

    assert clerk_ma not in visiting.candidates(claim, on=FRIDAY.date()).values()


def test_the_draw_is_made_once(story, lot, clerk_ma):
    claim = story.filed(lot)
    visit = story.drawn(claim)

    with pytest.raises(visiting.AlreadyDrawn):
        visiting.draw(claim, by=clerk_ma, at=FRIDAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(seed="another")


def test_the_first_writes_what_is_there_and_the_second_signs_the_same(story, lot):
    claim = story.filed(lot, kg=100)
    visit = story.drawn(claim)

    write_down(visit, found=60 * KG, why="四十公斤外叶黄，剥掉还能卖")
    visiting.sign_visit(visit, by=visit.second, at=FRIDAY)

    claim.refresh_from_db()
    lot.refresh_from_db()
    assert claim.status == "visited"
    assert list(ClaimFigure.objects.filter(claim=claim).order_by("pk").values_list("stage", "quantity")) == [
        ("declared", 100 * KG),
        ("village", 100 * KG),
        ("township", 100 * KG),
        ("county", 60 * KG),
    ]
    assert (lot.free(), lot.claimed) == (40 * KG, 60 * KG)
    stages = Participation.objects.filter(document=claim.reference, stage="visit").values_list("person_key", flat=True)
    assert set(stages) == {visit.first.person.key, visit.second.person.key}


def test_each_does_the_own_step(story, lot, clerk_ma):
    visit = story.drawn(story.filed(lot))

    with pytest.raises(visiting.NotYourVisit):
        write_down(visit, by=visit.second)
    with pytest.raises(visiting.NotWrittenYet):
        visiting.sign_visit(visit, by=visit.second, at=FRIDAY)
    write_down(visit)
    second_account_of_the_first = factories.a_user("何检查", person=visit.first.person)
    for somebody in (visit.first, second_account_of_the_first, clerk_ma):
        with pytest.raises(visiting.NotYourVisit):
            visiting.sign_visit(visit, by=somebody, at=FRIDAY)

    visit.refresh_from_db()
    assert visit.second_signed_at is None


def test_all_three_photos_are_needed(story, lot):
    visit = story.drawn(story.filed(lot))
    photos = three_photos(visit.first)

    with pytest.raises(visiting.PhotosMissing):
        write_down(visit, photos={"whole": photos["whole"], "near": photos["near"], "people": None})
    visit.refresh_from_db()
    assert visit.found is None

    write_down(visit, photos=photos)
    write_down(visit, found=45 * KG, why="又数了一遍", photos={})
    visit.refresh_from_db()
    assert visit.found == 45 * KG


def test_the_three_photos_show_three_things(story, lot):
    visit = story.drawn(story.filed(lot))
    photos = three_photos(visit.first)

    with pytest.raises(visiting.SamePhotos):
        write_down(
            visit, photos=photos | {"near": a_photo("same", by=visit.first), "people": a_photo("same", by=visit.first)}
        )
    visiting.show(visit, "whole", photos["whole"], by=visit.first, at=FRIDAY)
    with pytest.raises(visiting.SamePhotos):
        visiting.show(visit, "near", photos["whole"], by=visit.first, at=FRIDAY)


def test_the_conclusion_says_what_the_quantity_says(story, lot):
    visit = story.drawn(story.filed(lot))

    for found, said in ((50, "less"), (40, "there"), (40, "not_there"), (0, "less")):
        with pytest.raises(visiting.ConclusionDiffers):
            write_down(visit, found=found * KG, why="少", conclusion=said)


def test_a_household_that_signed_on_the_phone_has_a_signature(story, lot):
    visit = story.drawn(story.filed(lot))
    name = a_photo("a name", by=visit.first)

    with pytest.raises(visiting.SignatureMissing):
        write_down(visit, signed="glass")
    write_down(visit, signed="glass", photos=three_photos(visit.first) | {"signature": name})

    assert set(visit_photos(visit, ["signature"]).values()) == {name}


@pytest.mark.parametrize(
    ("spot", "village", "colour"),
    [
        (None, (26_300_000, 116_300_000), "amber"),
        (holding.Spot(26_301_000, 116_301_000, 8), (26_300_000, 116_300_000), "green"),
        (holding.Spot(26_380_000, 116_300_000, 8), (26_300_000, 116_300_000), "amber"),
        (holding.Spot(26_380_000, 116_300_000, 9_000), (26_300_000, 116_300_000), "green"),
        (holding.Spot(26_380_000, 116_300_000, 8), None, "green"),
    ],
)
def test_far_from_the_village_or_nowhere_is_looked_at_and_refuses_nothing(story, lot, spot, village, colour):
    visit = story.drawn(story.filed(lot))
    place = visit.claim.household.village
    place.latitude_e6, place.longitude_e6 = village or (None, None)

    write_down(visit, spot=spot)

    assert [seen.colour for seen in look(visit.claim, at=FRIDAY) if seen.rule == "visit_place"] == [colour]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, ["11 月"]), (-5, ["写的", "传到"]), (-24 * 365 * 9, ["传到", "时间不对，它说是 20"]),
        (24 * 40, ["传到", "时间不对，它说是 20"]),
    ],
)  # fmt: skip
def test_when_it_was_written_stands_beside_when_it_arrived(story, lot, hours, words):
    visit = story.drawn(story.filed(lot))
    at = visit.drawn_at + dt.timedelta(hours=6)

    visit = write_down(visit, at=at, phone_at=at + dt.timedelta(hours=hours))

    told = when_words(visit)
    assert len(told) == len(words) and all(part in one for one, part in zip(told, words, strict=True))


def test_less_than_reported_or_an_absent_household_needs_a_sentence(story, lot):
    visit = story.drawn(story.filed(lot))

    with pytest.raises(holding.WhyNeeded):
        write_down(visit, found=40 * KG)
    with pytest.raises(holding.WhyNeeded):
        write_down(visit, signed="no")
    with pytest.raises(holding.MoreThanBefore):
        write_down(visit, found=51 * KG)


def test_a_signed_visit_is_frozen(story, lot):
    claim = story.filed(lot)
    story.visited(claim)
    visit = claim.visits.get()

    with pytest.raises(IllegalMove):
        write_down(visit, found=10 * KG, why="改一下")
    with pytest.raises(DatabaseError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(found=10)

    visit.refresh_from_db()
    assert visit.found == 50 * KG


@pytest.fixture
def drawn(story, lot, inspector_he, inspector_xu, clerk_ma):
    """A visit of He, who writes, and Xu, who signs."""
    claim = story.to_visit(story.filed(lot))
    keys = [inspector_he.person.key, inspector_xu.person.key]
    seed = next(str(n) for n in range(100) if visiting.draw_pair(str(n), sorted(keys)) == tuple(keys))
    return visiting.draw(claim, by=clerk_ma, at=FRIDAY, seed=seed)


@pytest.fixture
def inspector_zeng(bureau, drawn):
    """He came after the draw, and could be drawn in place of another."""
    return factories.a_user("曾检查", "verifier", bureau)


def test_whoever_falls_out_is_replaced_by_a_draw_that_can_be_checked(drawn, inspector_zeng, inspector_xu, clerk_ma):
    write_down(drawn)

    now = visiting.redraw(drawn, who="first", why="ill", note="住院", by=clerk_ma, at=FRIDAY)

    drawn.refresh_from_db()
    assert (now.first, now.second, now.found, now.first_signed_at) == (inspector_zeng, inspector_xu, None, None)
    assert (drawn.fell_out, drawn.fell_why, drawn.redrawn_by, drawn.found) == (drawn.first, "ill", clerk_ma, 50 * KG)
    assert visiting.in_order(now.seed, [inspector_zeng.person.key]) == [inspector_zeng.person.key] and now.seed
    told = Event.objects.get(kind="visit.redrawn", document=drawn.claim.reference).data
    assert (told["who"], told["why"], told["candidates"]) == ("first", "ill", 1)


def test_whoever_fell_out_sees_and_does_nothing_more(drawn, inspector_zeng, inspector_he, clerk_ma):
    now = visiting.redraw(drawn, who="first", why="tied", by=clerk_ma, at=FRIDAY)

    drawn.refresh_from_db()
    assert not permissions.visible_claims(inspector_he).exists() and not queues.visits_of(inspector_he).exists()
    assert queues.to_keep_by(inspector_he) == [] and queues.to_keep_by(inspector_zeng) == [now]
    with pytest.raises(IllegalMove):
        write_down(drawn)
    with pytest.raises(visiting.NotYourVisit):
        write_down(now, by=inspector_he)


def test_photos_of_whoever_fell_out_are_none_of_the_new_visit(drawn, inspector_zeng, clerk_ma):
    write_down(drawn)
    now = visiting.redraw(drawn, who="first", why="left", by=clerk_ma, at=FRIDAY)

    with pytest.raises(visiting.PhotosMissing):
        write_down(now, photos={})


def test_what_was_written_stays_where_the_second_falls_out(drawn, inspector_zeng, inspector_xu, clerk_ma):
    write_down(drawn, found=30 * KG, why="少")

    now = visiting.redraw(drawn, who="second", why="away", by=clerk_ma, at=FRIDAY)

    assert (now.first, now.second, now.found, now.why) == (drawn.first, inspector_zeng, 30 * KG, "少")
    with pytest.raises(visiting.NotYourVisit):
        visiting.sign_visit(now, by=inspector_xu, at=FRIDAY)
    visiting.sign_visit(now, by=inspector_zeng, at=FRIDAY)
    assert LossClaim.objects.get().status == "visited"


def test_nobody_who_fell_out_is_drawn_again_and_a_signed_visit_stays(drawn, inspector_zeng, clerk_ma):
    now = visiting.redraw(drawn, who="first", why="ill", by=clerk_ma, at=FRIDAY)
    with pytest.raises(visiting.NobodyLeft):
        visiting.redraw(now, who="second", why="ill", by=clerk_ma, at=FRIDAY)
    with pytest.raises(IllegalMove):
        visiting.redraw(drawn, who="second", why="ill", by=clerk_ma, at=FRIDAY)

    write_down(now)
    now.refresh_from_db()
    visiting.sign_visit(now, by=now.second, at=FRIDAY)
    with pytest.raises(IllegalMove):
        visiting.redraw(now, who="first", why="ill", by=clerk_ma, at=FRIDAY)


def test_nothing_found_is_written_as_nothing(story, lot):
    claim = story.visited(story.filed(lot), kg=0, why="地里没有坏的包菜")

    assert claim.status == "visited"
    lot.refresh_from_db()
    assert (lot.free(), lot.claimed) == (100 * KG, 0)
    assert LossClaim.objects.get().figures.order_by("-pk")[0].quantity == 0


def test_what_waits_stands_on_the_home_before_what_may_be_begun(client, now, story, lot):
    visit = story.drawn(story.filed(lot))
    now.at = visit.drawn_at

    page = login(client, visit.first).get("/").content.decode()

    assert page.index("待上门") < page.index("值得看一眼的货")


@pytest.mark.parametrize(("name", "tie"), [("赖支书", ""), (" ", "cadre")])
def test_a_witness_is_named_with_a_tie_or_not_at_all(story, lot, name, tie):
    with pytest.raises(visiting.WitnessHalf):
        write_down(story.drawn(story.filed(lot)), witness=name, witness_tie=tie)


def test_who_was_there_is_sealed_stays_for_a_new_second_and_is_masked_to_the_auditor(
    client, drawn, inspector_zeng, clerk_ma, auditor, now
):
    now.at = FRIDAY
    write_down(drawn, witness="赖支书", witness_tie="cadre")
    visit = visiting.redraw(drawn, who="second", why="ill", by=clerk_ma, at=FRIDAY)
    visit.refresh_from_db()

    assert (visit.witness, visit.witness_tie) == ("赖支书", "cadre") and "赖" not in visit.witness_sealed
    page = reverse("claim-detail", args=[visit.claim_id])
    shown = {who: login(client, who).get(page).content.decode() for who in (clerk_ma, auditor)}
    assert "还在场：赖支书（村委会的）" in shown[clerk_ma]
    assert "赖支书" not in shown[auditor] and "还在场：赖" in shown[auditor]
