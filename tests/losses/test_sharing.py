"""Money that all share alike, computed in one act; how often a household reports."""

import datetime as dt

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from accounts.models import Message
from losses.models import Computation, LossClaim, ReliefScheme
from losses.pages.words import arithmetic_words
from losses.relief import shares
from losses.services import answering, appealing, awarding, frequency, noticing, schemes, sharing
from marketplace.audit import breaches
from records.services.participation import AlreadyTookPart
from registers.services import changes
from tests.factories import MONDAY, TUESDAY, WEDNESDAY, login
from tests.losses.steps import a_lot, a_scheme
from tests.losses.test_scheme_registers import a_row, propose, publish

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@given(some.lists(some.integers(1, 10**7), max_size=12), some.integers(0, 10**7))
def test_together_it_is_the_money_and_never_more_than_in_full(fulls, money):
    parts = shares(fulls, money)

    assert sum(parts) == min(sum(fulls), money)
    assert all(0 <= part <= full for part, full in zip(parts, fulls, strict=True))
    assert all(abs(part * sum(fulls) - full * money) < sum(fulls) for part, full in zip(parts, fulls, strict=True)) or (
        sum(fulls) <= money and parts == fulls
    )


def test_largest_remainders_come_first():
    assert shares([100, 100, 100], 100) == [34, 33, 33]
    assert shares([1, 2], 1) == [0, 1]
    assert (shares([], 5), shares([3], 0)) == ([], [0])


@pytest.fixture
def shared(finance_bureau, director_lin, cabbage, story):
    """Return a way to a scheme whose money all share."""

    def come(money_fen, **changes):
        story.scheme = a_scheme(
            finance_bureau, director_lin, cabbage, money_fen=money_fen, sharing="pro_rata", **changes
        )
        return story

    return come


def visited(story, *lots):
    return [story.visited(story.filed(lot, kg=50)) for lot in lots]


def test_what_does_not_suffice_is_shared_in_one_act(shared, lot, neighbours_lot, director_lin):
    story = shared(100_01)
    first, second = visited(story, lot, neighbours_lot)
    with pytest.raises(awarding.SharedTogether):
        awarding.compute(first, by=story.cast["desk"], at=first.due_at)
    with pytest.raises(sharing.NotShared):
        sharing.share_all(story.scheme, by=director_lin, at=first.due_at)
    scheme = schemes.close_scheme(story.scheme, by=director_lin, at=first.due_at)
    assert sharing.shared_words(scheme)[0] == "2 份上报合计 160.00 元；这个办法还有 100.01 元。"

    assert sharing.share_all(story.scheme, by=director_lin, at=first.due_at) == 2
    rows = Computation.objects.order_by("pk").values_list("full_fen", "all_fen", "money_left_fen", "amount_fen")
    assert list(rows) == [(80_00, 160_00, 100_01, 50_01), (80_00, 160_00, 100_01, 50_00)]
    claim = LossClaim.objects.get(pk=second.pk)
    assert claim.status == "computed" and ReliefScheme.objects.get(pk=scheme.pk).account.available_fen() == 0
    assert arithmetic_words(claim)[-1] == "大家同样分：80.00 元 × 100.01 ÷ 全部合计 160.00 元 = 50.00 元"
    assert "50.00 元" in Message.objects.get(household=claim.household, kind="claim.computed").body
    township = claim.household.village.parent
    noticing.publish_county_notice(story.scheme, township, by=story.cast["desk"], at=claim.due_at)
    story.award_of(LossClaim.objects.get(pk=claim.pk))
    assert breaches() == []


def test_caps_come_before_the_share_and_enough_money_is_given_in_full(shared, lot, xiuying_household, cabbage, xiuying):
    story = shared(1_000_00, cap_fen=100_00)
    other = a_lot(xiuying_household, cabbage, kg=100, by=xiuying)
    claims = visited(story, lot, other)
    schemes.close_scheme(story.scheme, by=story.cast["approver"], at=claims[0].due_at)
    sharing.share_all(story.scheme, by=story.cast["approver"], at=claims[0].due_at)

    assert [row.amount_fen for row in Computation.objects.order_by("pk")] == [80_00, 20_00]
    assert arithmetic_words(LossClaim.objects.get(pk=claims[0].pk))[-1] == "钱够分给大家：80.00 元全给"


def test_nobody_shares_while_a_report_is_on_its_way(shared, lot, neighbours_lot, director_lin):
    story = shared(100_00)
    [claim] = visited(story, lot)
    story.filed(neighbours_lot, kg=50)
    schemes.close_scheme(story.scheme, by=director_lin, at=claim.due_at)

    with pytest.raises(sharing.StillOnTheWay, match="1 份"):
        sharing.share_all(story.scheme, by=director_lin, at=claim.due_at)
    assert Computation.objects.count() == 0


def test_the_statements_do_not_grow_with_the_claims(
    shared, lot, neighbours_lot, xiuying_household, cabbage, xiuying, director_lin, django_assert_max_num_queries
):
    story = shared(100_00)
    claims = visited(story, lot, neighbours_lot, a_lot(xiuying_household, cabbage, kg=100, by=xiuying))
    schemes.close_scheme(story.scheme, by=director_lin, at=claims[0].due_at)

    with django_assert_max_num_queries(40):
        sharing.share_all(story.scheme, by=director_lin, at=claims[0].due_at)


def test_before_the_sharing_the_amount_is_an_estimate_between_two(
    shared, lot, neighbours_lot, xiuying_household, cabbage, xiuying, director_lin, clerk_ma, client, now
):
    story = shared(100_00)
    first, second = visited(story, lot, neighbours_lot)
    third = story.filed(a_lot(xiuying_household, cabbage, kg=100, by=xiuying), kg=50)
    login(client, clerk_ma)
    page = client.get(reverse("claim-compute", args=[first.pk]))
    said = "今天估下来在 33.34 元到 50.00 元之间，还有 1 份在路上。"
    assert page.context["estimate"] == ["这个办法大家按比例分：足额是 80.00 元。", said]
    assert not page.context["can_compute"] and said in page.content.decode() and "先扣住" not in page.content.decode()
    path = f"/api/v1/claims/{first.pk}/compute/"
    told = client.get(path).json()
    assert (told["least_yuan"], told["most_yuan"], told["is_last"]) == ("33.34", "50.00", False)

    answering.withdraw(third, by=xiuying, at=WEDNESDAY)
    schemes.close_scheme(story.scheme, by=director_lin, at=first.due_at)
    page = client.get(reverse("claim-compute", args=[second.pk]))
    assert page.context["estimate"][1] == "2 份一起分，这份是 50.00 元。"
    sharing.share_all(story.scheme, by=director_lin, at=first.due_at)
    assert client.get(reverse("claim-compute", args=[second.pk])).context["estimate"] == []
    assert client.get(path).status_code == 404


def test_a_household_reports_so_often_and_waits_in_between(shared, lot, xiuying_household, cabbage, xiuying, guiying,
                                                          neighbours_lot):  # fmt: skip
    story = shared(100_00, most_claims=2, waiting_days=2)
    lots = [lot, *(a_lot(xiuying_household, cabbage, kg=100, by=xiuying) for _n in range(2))]
    story.filed(lots[0], kg=20)
    with pytest.raises(frequency.TooSoon, match="11 月 4 日"):
        story.filed(lots[1], kg=20, at=TUESDAY)
    story.filed(neighbours_lot, kg=20, at=TUESDAY)
    second = story.filed(lots[1], kg=20, at=WEDNESDAY)
    with pytest.raises(frequency.TooManyReports, match="2 次"):
        story.filed(lots[2], kg=20, at=WEDNESDAY + 9 * DAY)
    answering.withdraw(second, by=xiuying, at=WEDNESDAY)
    assert story.filed(lots[2], kg=20, at=WEDNESDAY).status == "filed"


def test_whoever_upheld_an_appeal_has_no_other_hand_in_what_it_opened(story, lot, xiuying):
    claim = story.filed(lot, kg=50)
    answering.refuse(claim, code="not_found", reason="去看了没看见货", by=story.cast["cadre"], at=TUESDAY)
    row = appealing.appeal(claim, words="货在下屋", by=xiuying, at=WEDNESDAY)
    anew = appealing.decide(row, upheld=True, words="确实在", by=story.cast["desk"], at=WEDNESDAY).anew
    story.township_checked(anew)

    with pytest.raises(AlreadyTookPart):
        noticing.publish_village_notice(story.scheme, lot.village, by=story.cast["desk"], at=WEDNESDAY + DAY)
    noticing.publish_village_notice(story.scheme, lot.village, by=story.cast["approver"], at=WEDNESDAY + DAY)


def test_the_register_drafts_it_and_its_third_act_shares(
    now, finance_bureau, director_lin, clerk_ma, story, lot, neighbours_lot, cabbage, client
):
    row = a_row(
        finance_bureau, sharing="pro_rata", most_claims=3, waiting_days=1, sample_percent=100, check_photos="yes"
    )
    changes.confirm(propose("schemes", director_lin, row), by=clerk_ma, at=MONDAY)
    scheme = ReliefScheme.objects.get(code="ZX2026")
    assert (scheme.sharing, scheme.most_claims, scheme.waiting_days) == ("pro_rata", 3, 1)
    assert scheme.check_photos
    schemes.add_rate(scheme, produce=cabbage, rate_fen=160, by=director_lin, at=MONDAY)
    schemes.add_money(scheme, amount_fen=100_00, document="8号", by=director_lin, at=MONDAY)
    story.scheme = schemes.publish_scheme(scheme, by=director_lin, at=MONDAY)
    shown = client.get(reverse("scheme-detail", args=[scheme.pk])).content.decode()
    assert "按比例分，一起算" in shown and "每户最多报几次" in shown and "村里和乡镇拍照" in shown
    told = next(row for row in client.get("/api/v1/schemes/").json() if row["id"] == scheme.pk)
    assert (told["sharing"], told["most_claims"], told["waiting_days"]) == ("pro_rata", 3, 1)
    claims = visited(story, lot, neighbours_lot)
    schemes.close_scheme(scheme, by=director_lin, at=claims[0].due_at)

    change = publish(scheme, director_lin, "share")
    assert "每户该得的每一百元分到 62.5 元" in " ".join(changes.notes_of(change, at=MONDAY))
    changes.confirm(change, by=clerk_ma, at=MONDAY)
    assert [row.amount_fen for row in Computation.objects.all()] == [50_00, 50_00]
