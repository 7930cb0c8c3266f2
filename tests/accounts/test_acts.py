"""「不是我」: what others do in a household's name is listed, disputed, held, and answered by another officer."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import BankCard, Consent, CoopMember, Dispute, Household, Kin, Mandate, Message, Organisation
from accounts.selectors import done_for, live_card_of, standing
from accounts.services import acts
from accounts.services.coops import end_membership
from catalog.models import Listing
from catalog.services.acts import Lots
from kernel.errors import BadValue
from kernel.masking import mask_name
from losses.selectors.interest import tied_claims
from losses.services import awarding
from records.models import Event
from records.services.participation import AlreadyTookPart, HasInterest
from registers.services import changes
from tests import factories
from tests.factories import MONDAY, TUESDAY, login
from tests.losses.steps import Story, a_lot, a_scheme

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def listed(xiuying_household, cabbage, cadre_wu):
    """A lot that a cadre put on sale for Xiuying's household."""
    return factories.a_listing(xiuying_household, cabbage, by=cadre_wu, consent="phone")


@pytest.fixture
def consent(listed):
    return Consent.objects.get(document=listed.reference)


@pytest.fixture
def second_clerk(relief_clerk):
    return factories.a_user("肖干事", "relief_clerk", relief_clerk.person.memberships.get().organisation)


@pytest.fixture
def disputed(consent, xiuying, township_officer, director_lin):
    return acts.dispute(consent, by=xiuying, at=TUESDAY)


def test_a_disputed_lot_leaves_the_market_and_the_officers_are_told(
    disputed, listed, consent, xiuying, township_officer, director_lin
):
    listed.refresh_from_db()
    assert listed.status == "withdrawn" and listed.free() == 0
    assert (disputed.status, disputed.acted_by, disputed.by) == ("open", consent.by, xiuying)
    assert disputed.held == "没被订走的已经下架。"
    told = Message.objects.filter(kind="act.disputed")
    assert {message.phone for message in told} == {township_officer.phone, director_lin.phone}
    assert all(mask_name("黄秀英") in message.body and "黄秀英" not in message.body for message in told)
    assert Event.objects.filter(kind="act.disputed", document=consent.document).exists()


def test_who_had_another_hand_in_it_is_not_asked_to_answer(
    monkeypatch, consent, xiuying, township_officer, director_lin, bureau
):
    head = factories.a_user("钟国栋", "head_of_office", bureau)
    hands = [director_lin]
    monkeypatch.setattr(Lots, "others", lambda kind, consent: hands)
    acts.dispute(consent, by=xiuying, at=TUESDAY)
    assert {row.phone for row in Message.objects.filter(kind="act.disputed")} == {township_officer.phone}

    hands.append(township_officer)
    acts.tell_again(at=TUESDAY + 3 * DAY)
    assert {row.phone for row in Message.objects.filter(kind="act.disputed")} == {township_officer.phone, head.phone}


def test_the_head_hears_at_once_of_what_nobody_else_may_answer(
    monkeypatch, consent, xiuying, township_officer, director_lin, bureau
):
    head = factories.a_user("钟国栋", "head_of_office", bureau)
    monkeypatch.setattr(Lots, "others", lambda kind, consent: [director_lin, township_officer])

    acts.dispute(consent, by=xiuying, at=TUESDAY)

    assert [row.phone for row in Message.objects.filter(kind="act.disputed")] == [head.phone]


def test_an_act_is_disputed_once(disputed, consent, xiuying):
    with pytest.raises(acts.DisputedAlready):
        acts.dispute(consent, by=xiuying, at=TUESDAY)


def test_nobody_disputes_what_they_did_themselves(consent, cadre_wu):
    with pytest.raises(acts.NotByOthers):
        acts.dispute(consent, by=cadre_wu, at=TUESDAY)


@pytest.mark.parametrize(("upheld", "status"), [(True, "upheld"), (False, "explained")])
def test_an_officer_answers_in_words_and_the_household_reads_them(
    disputed, xiuying_household, township_officer, upheld, status
):
    acts.answer(disputed, upheld=upheld, words="问过村干部和您本人", by=township_officer, at=TUESDAY)

    disputed.refresh_from_db()
    assert (disputed.status, disputed.answered_by) == (status, township_officer)
    letter = Message.objects.get(kind="act.answered")
    assert letter.household == xiuying_household and "问过村干部" in letter.body


def test_an_answer_has_words(disputed, township_officer):
    with pytest.raises(BadValue):
        acts.answer(disputed, upheld=True, words=" 是 ", by=township_officer, at=TUESDAY)


def test_whoever_acted_does_not_answer_not_with_another_account_either(disputed, cadre_wu):
    for officer in (cadre_wu, factories.a_user("吴小兰", person=cadre_wu.person)):
        with pytest.raises(AlreadyTookPart):
            acts.answer(disputed, upheld=False, words="是她同意的", by=officer, at=TUESDAY)


@pytest.mark.parametrize("tie", ["own", "kin"])
def test_nor_does_the_household_or_its_kin(tie, disputed, xiuying, xiuying_household, township_officer):
    officer = xiuying if tie == "own" else township_officer
    if tie == "kin":
        Kin.objects.create(person=officer.person, household=xiuying_household, relation="兄", from_on=MONDAY.date())

    with pytest.raises(HasInterest):
        acts.answer(disputed, upheld=True, words="不是她办的", by=officer, at=TUESDAY)


def test_nor_does_whoever_belongs_to_what_it_was_merged_into(disputed, xiuying_household, guiying, guiying_household):
    Household.objects.filter(pk=xiuying_household.pk).update(merged_into=guiying_household, merged_at=MONDAY)

    with pytest.raises(HasInterest):
        acts.answer(disputed, upheld=False, words="是她同意的", by=guiying, at=TUESDAY)


def test_what_nobody_answers_is_told_again_and_to_the_bureaus_head(disputed, township_officer, director_lin, bureau):
    head = factories.a_user("钟国栋", "head_of_office", bureau)
    before = Message.objects.filter(kind="act.disputed").count()

    assert acts.tell_again(at=TUESDAY + 3 * DAY - dt.timedelta(minutes=1)) == 0
    assert acts.tell_again(at=TUESDAY + 3 * DAY) == 1
    assert acts.tell_again(at=TUESDAY + 3 * DAY) == 0

    again = Message.objects.filter(kind="act.disputed").order_by("-created_at")[:3]
    assert Message.objects.filter(kind="act.disputed").count() == before + 3
    assert {message.phone for message in again} == {township_officer.phone, director_lin.phone, head.phone}
    assert "3天前" in again[0].body
    disputed.refresh_from_db()
    assert disputed.status == "open"


class TestClaims:
    """A loss that somebody else reported."""

    @pytest.fixture
    def story(self, cadre_liu, township_officer, clerk_ma, director_lin, inspector_he, inspector_xu, finance_bureau,
              cabbage):  # fmt: skip
        scheme = a_scheme(finance_bureau, director_lin, cabbage)
        cast = {"cadre": cadre_liu, "township": township_officer, "desk": clerk_ma, "approver": director_lin}
        return Story(cast, scheme)

    @pytest.fixture
    def claim(self, story, xiuying_household, cabbage, xiuying, cadre_wu):
        return story.filed(a_lot(xiuying_household, cabbage, by=xiuying), by=cadre_wu, consent="phone")

    def test_an_award_at_the_same_time_waits_for_it(self, claim, xiuying):
        with CaptureQueriesContext(connection) as asked:
            acts.dispute(Consent.objects.get(document=claim.reference), by=xiuying, at=TUESDAY)

        statements = [question["sql"] for question in asked]
        held = [n for n, sql in enumerate(statements) if "losses_lossclaim" in sql and "FOR UPDATE" in sql]
        [written] = [n for n, sql in enumerate(statements) if sql.startswith('INSERT INTO "accounts_dispute"')]
        assert held and held[0] < written

    def test_whoever_belongs_to_what_it_was_merged_into_has_no_hand_on_it(
        self, claim, xiuying_household, guiying, guiying_household
    ):
        Household.objects.filter(pk=xiuying_household.pk).update(merged_into=guiying_household, merged_at=MONDAY)

        assert tied_claims([claim.reference], "township", guiying) == {claim.reference}

    def test_no_money_is_awarded_before_the_answer(self, story, claim, xiuying, guiying, bureau):
        claim = story.on_county_notice(claim)
        row = acts.dispute(Consent.objects.get(document=claim.reference), by=xiuying, at=TUESDAY)
        ended = claim.county_notice.ends_at

        with pytest.raises(acts.Disputed):
            awarding.award(claim, by=story.cast["approver"], at=ended)
        officer = factories.a_user("赵局长", "bureau_approver", bureau)
        acts.answer(row, upheld=False, words="她打电话说的，有录音", by=officer, at=ended)
        assert awarding.award(claim, by=story.cast["approver"], at=ended).amount_fen > 0

    def test_nor_ever_when_the_household_was_right(self, story, claim, xiuying, bureau):
        claim = story.on_county_notice(claim)
        row = acts.dispute(Consent.objects.get(document=claim.reference), by=xiuying, at=TUESDAY)
        officer = factories.a_user("赵局长", "bureau_approver", bureau)
        acts.answer(row, upheld=True, words="村里代报，她不知道", by=officer, at=TUESDAY)

        with pytest.raises(acts.Disputed):
            awarding.award(claim, by=story.cast["approver"], at=claim.county_notice.ends_at)

    def test_one_on_no_notice_yet_is_taken_back(self, claim, xiuying, township_officer):
        row = acts.dispute(Consent.objects.get(document=claim.reference), by=xiuying, at=TUESDAY)
        acts.answer(row, upheld=True, words="村里代报，她不知道", by=township_officer, at=TUESDAY)

        claim.refresh_from_db()
        assert claim.status == "withdrawn"


def a_card_change(household, number, clerk, second, *, at):
    """Two clerks write down another card of Xiuying's household."""
    content = {
        "owner": household.number, "holder": "黄秀英", "number": number, "bank": "石城农商银行", "lost": False,
    }  # fmt: skip
    change = changes.propose("cards", [content], document_number="申请 9 号", by=clerk, at=at)
    return changes.confirm(change, by=second, at=at)


class TestCards:
    """A card that an office wrote down on paper."""

    @pytest.fixture
    def change(self, xiuying_household, relief_clerk, second_clerk, request):
        number = factories.a_card_number(990_321)
        return a_card_change(xiuying_household, number, relief_clerk, second_clerk, at=MONDAY)

    def test_the_card_before_serves_on(self, change, xiuying, xiuying_household, township_officer):
        old = live_card_of(xiuying_household, MONDAY)
        row = acts.dispute(Consent.objects.get(document=change.reference), by=xiuying, at=TUESDAY)

        assert live_card_of(xiuying_household, MONDAY + 9 * DAY) == old
        acts.answer(row, upheld=False, words="本人到场，有照片", by=township_officer, at=TUESDAY)
        assert live_card_of(xiuying_household, MONDAY + 9 * DAY) != old
        assert BankCard.objects.filter(household=xiuying_household, to_at=None).count() == 1

    def test_one_disputed_before_the_new_one_never_serves_again(
        self, change, xiuying, xiuying_household, relief_clerk, second_clerk, township_officer
    ):
        later = MONDAY + 5 * DAY
        first, number = live_card_of(xiuying_household, later), factories.a_card_number(990_322)
        a_card_change(xiuying_household, number, relief_clerk, second_clerk, at=later)

        row = acts.dispute(Consent.objects.get(document=change.reference), by=xiuying, at=later)
        assert live_card_of(xiuying_household, later) is None
        assert row.held == "答复之前不往这张卡打款。"
        acts.answer(row, upheld=False, words="本人到场，有照片", by=township_officer, at=later)
        assert live_card_of(xiuying_household, later) == first
        assert live_card_of(xiuying_household, later + 9 * DAY).number == number

    def test_two_disputed_cards_pay_nobody(self, change, xiuying, xiuying_household, relief_clerk, second_clerk):
        later, number = MONDAY + 5 * DAY, factories.a_card_number(990_322)
        newer = a_card_change(xiuying_household, number, relief_clerk, second_clerk, at=later)

        for one in (change, newer):
            acts.dispute(Consent.objects.get(document=one.reference), by=xiuying, at=later)

        assert live_card_of(xiuying_household, later) is None
        assert live_card_of(xiuying_household, later + 9 * DAY) is None

    def test_one_that_had_ended_by_itself_is_not_let_go(
        self, change, xiuying, xiuying_household, relief_clerk, second_clerk, township_officer
    ):
        newer = a_card_change(
            xiuying_household, factories.a_card_number(990_322), relief_clerk, second_clerk, at=MONDAY + 5 * DAY
        )
        long_after = MONDAY + 30 * DAY
        acts.dispute(Consent.objects.get(document=newer.reference), by=xiuying, at=long_after)
        row = acts.dispute(Consent.objects.get(document=change.reference), by=xiuying, at=long_after)
        acts.answer(row, upheld=False, words="本人到场，有照片", by=township_officer, at=long_after)

        assert live_card_of(xiuying_household, long_after) is None

    def test_whoever_confirmed_it_acted_too(self, change, xiuying, second_clerk):
        row = acts.dispute(Consent.objects.get(document=change.reference), by=xiuying, at=TUESDAY)

        with pytest.raises(AlreadyTookPart):
            acts.answer(row, upheld=False, words="本人到场，有照片", by=second_clerk, at=TUESDAY)

    def test_nothing_more_is_paid_on_one_in_use(self, change, xiuying, xiuying_household, township_officer):
        acts.dispute(Consent.objects.get(document=change.reference), by=xiuying, at=MONDAY + 5 * DAY)

        assert live_card_of(xiuying_household, MONDAY + 6 * DAY) is None


def test_a_mandate_on_paper_ends_at_once(xiuying, xiuying_household, coop, coop_manager, cadre_wu):
    factories.a_member(xiuying_household, coop)
    mandate = factories.a_mandate(xiuying_household, coop)
    change = changes.propose(
        "mandates",
        [{"household": xiuying_household.number, "cooperative": coop.name, "from_on": MONDAY.date().isoformat(),
          "to_on": None, "may_list": True, "may_confirm": False, "payee_is_coop": False, "fee_bp": None,
          "fee_fen_per_kg": None}],
        by=coop_manager, at=MONDAY,
    )  # fmt: skip
    consent = Consent.objects.create(
        household=xiuying_household, document=change.reference, how="paper", by=cadre_wu, at=MONDAY
    )

    Organisation.objects.filter(pk=coop.pk).update(name="琴江新名农业专业合作社")  # as the register does

    acts.dispute(consent, by=xiuying, at=TUESDAY)

    assert Mandate.objects.get(pk=mandate.pk).to_on == TUESDAY.date()


@pytest.mark.parametrize("ends_before", [False, True])
def test_a_membership_on_paper_ends_at_once_or_is_not_said_to(
    xiuying, xiuying_household, coop, coop_manager, cadre_wu, ends_before
):
    asked = {"household": xiuying_household.number, "cooperative": coop.name, "from_on": MONDAY.date().isoformat()}
    change = changes.propose("coop-members", [asked | {"to_on": None}], document_number="", by=coop_manager, at=MONDAY)
    member = factories.a_member(xiuying_household, coop)
    consent = Consent.objects.create(
        household=xiuying_household, document=change.reference, how="paper", by=cadre_wu, at=MONDAY
    )
    Organisation.objects.filter(pk=coop.pk).update(name="琴江新名农业专业合作社")  # as the register does
    if ends_before:
        end_membership(member, by=xiuying, at=MONDAY)

    row = acts.dispute(consent, by=xiuying, at=TUESDAY)

    assert CoopMember.objects.get(pk=member.pk).to_on == (MONDAY if ends_before else TUESDAY).date()
    assert row.held == ("" if ends_before else "已经终止。如果本来没错，合作社会再来问您。")


def test_what_an_office_writes_about_a_household_is_on_its_list(xiuying, xiuying_household, relief_clerk, second_clerk):
    content = {"household": xiuying_household.number, "name": "黄小英", "phone": "",
               "from_on": MONDAY.date().isoformat(), "id_number": factories.a_person("黄小英").id_number}  # fmt: skip
    change = changes.propose("members", [content], document_number="1", by=relief_clerk, at=MONDAY)
    changes.confirm(change, by=second_clerk, at=MONDAY)

    [row] = done_for(standing(xiuying))
    assert (row.document, row.how, row.by) == (change.reference, "office", relief_clerk)
    assert acts.named([row.document]) == {row.document: "家庭成员变动"}


def test_the_household_says_it_on_its_page_and_an_officer_answers(
    client, now, consent, listed, xiuying, guiying, township_officer, director_lin
):
    login(client, xiuying)
    mine = reverse("done-for-me")
    assert mine in client.get(reverse("me")).content.decode()
    page = client.get(mine).content.decode()
    assert listed.number in page and reverse("act-not-me", args=[consent.pk]) in page
    assert "不是我" in client.get(reverse("act-not-me", args=[consent.pk])).content.decode()
    client.post(reverse("act-not-me", args=[consent.pk]), {"idem": uuid.uuid4().hex})
    assert "正在核查" in client.get(mine).content.decode()
    row = Dispute.objects.get()

    login(client, guiying)
    assert client.get(reverse("act-not-me", args=[consent.pk])).status_code == 404
    assert listed.number not in client.get(mine).content.decode()

    login(client, township_officer)
    assert "「不是我」" in client.get(reverse("home")).content.decode()
    assert reverse("dispute-answer", args=[row.pk]) in client.get(reverse("dispute-list")).content.decode()
    typed = {"idem": uuid.uuid4().hex, "verdict": "upheld", "answer": "村干部没有问过您"}
    assert client.post(reverse("dispute-answer", args=[row.pk]), typed | {"answer": ""}).status_code == 400
    client.post(reverse("dispute-answer", args=[row.pk]), typed)
    login(client, xiuying)
    assert "村干部没有问过您" in client.get(mine).content.decode()


def test_the_lots_own_page_says_the_same(client, now, consent, listed, xiuying):
    login(client, xiuying)
    client.post(reverse("listing-dispute", args=[listed.pk]), {"idem": "k"})

    assert Dispute.objects.get().consent == consent
    assert Listing.objects.get().status == "withdrawn"


def test_through_programs(client, now, consent, xiuying, township_officer):
    login(client, xiuying)
    [row] = client.get(reverse("api-done-for-me")).json()["results"]
    assert row["id"] == str(consent.pk) and "挂卖" in row["what"]
    path, send = reverse("api-act-not-me", args=[consent.pk]), {"headers": {"Idempotency-Key": "a" * 16}}
    assert client.post(path, **send).status_code == client.post(path, **send).status_code == 201
    login(client, township_officer)
    [row] = client.get(reverse("api-dispute-list")).json()["results"]
    answered = client.post(
        reverse("api-dispute-answer", args=[row["id"]]),
        {"verdict": "explained", "answer": "她同意过"},
        content_type="application/json",
        headers={"Idempotency-Key": "b" * 16},
    )

    assert answered.json()["status"] == Dispute.objects.get().status == "explained"
    login(client, xiuying)
    [row] = client.get(reverse("api-done-for-me")).json()["results"]
    assert (row["disputed"], row["answer"], row["held"]) == ("explained", "她同意过", "")


@pytest.mark.parametrize(("page", "most"), [("api-done-for-me", 8), ("api-dispute-list", 8)])
def test_nor_do_programs(page, most, client, now, xiuying_household, cabbage, cadre_wu, xiuying, township_officer,
                         django_assert_max_num_queries):  # fmt: skip
    for _n in range(8):
        lot = factories.a_listing(xiuying_household, cabbage, by=cadre_wu, consent="phone")
        acts.dispute(Consent.objects.get(document=lot.reference), by=xiuying, at=MONDAY)
    login(client, {"api-done-for-me": xiuying, "api-dispute-list": township_officer}[page])

    with django_assert_max_num_queries(most):
        assert len(client.get(reverse(page)).json()["results"]) == 8


def test_the_page_asks_no_more_the_more_there_is(client, now, xiuying_household, cabbage, cadre_wu, xiuying,
                                                 django_assert_max_num_queries):  # fmt: skip
    for _n in range(5):
        factories.a_listing(xiuying_household, cabbage, by=cadre_wu, consent="phone")
    login(client, xiuying)

    with django_assert_max_num_queries(8):
        client.get(reverse("done-for-me"))
