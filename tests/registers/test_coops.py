"""Co-operatives: a manager asks, the household agrees by itself or on paper, and either side ends it."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Consent, CoopMember, Mandate, Message
from accounts.services import coops
from kernel.errors import BadValue
from records.models import Attachment, Event
from records.services.participation import AlreadyTookPart
from records.services.photos import receive_photo
from registers.models import RegisterChange
from registers.services import changes
from registers.services.coops import MandateWaits, NoMember
from tests import factories
from tests.factories import MONDAY, login
from tests.losses.pages import a_jpeg

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = MONDAY.date()


@pytest.fixture(autouse=True)
def at_nine(now):
    return now


@pytest.fixture
def member(xiuying_household, coop):
    return factories.a_member(xiuying_household, coop)


@pytest.fixture
def mandate(xiuying_household, coop, member):
    return factories.a_mandate(xiuying_household, coop)


def membership(household, coop, **values):
    return {
        "household": household.number,
        "cooperative": coop.name,
        "from_on": TODAY.isoformat(),
        "to_on": None,
    } | values


def terms(household, coop, **values):
    allowed = {"may_list": True, "may_confirm": True, "payee_is_coop": False, "fee_bp": 150, "fee_fen_per_kg": None}
    return membership(household, coop) | allowed | values


def ask(by, register, content, at=MONDAY):
    return changes.propose(register, [content], by=by, at=at)


def texts_of(household):
    return [message.body for message in Message.objects.filter(household=household).order_by("created_at")]


class TestAgreeing:
    """Nobody is a member, and nobody sells for another, who has not said yes."""

    def test_a_household_becomes_a_member_once_it_agrees(self, coop_manager, coop, xiuying, xiuying_household):
        change = ask(coop_manager, "coop-members", membership(xiuying_household, coop))
        assert not CoopMember.objects.exists()
        assert coop.name in texts_of(xiuying_household)[0] and "“我的”" in texts_of(xiuying_household)[0]

        changes.confirm(change, by=xiuying, at=MONDAY + DAY)

        joined = CoopMember.objects.get()
        assert (joined.household, joined.cooperative) == (xiuying_household, coop)
        assert joined.from_on == TODAY + DAY  # never before it agreed

    def test_a_mandate_needs_a_member_and_keeps_its_terms(self, coop_manager, coop, xiuying, xiuying_household):
        with pytest.raises(NoMember):
            ask(coop_manager, "mandates", terms(xiuying_household, coop))
        factories.a_member(xiuying_household, coop)

        change = ask(coop_manager, "mandates", terms(xiuying_household, coop))
        assert "上架" in texts_of(xiuying_household)[0] and "1.5%" in texts_of(xiuying_household)[0]
        changes.confirm(change, by=xiuying, at=MONDAY)

        given = Mandate.objects.get()
        assert (given.may_list, given.may_confirm, given.payee_is_coop, given.fee_bp) == (True, True, False, 150)

    def test_new_terms_stand_beside_the_old_and_end_them(self, coop_manager, coop, xiuying, xiuying_household, mandate):
        other = {"may_confirm": False, "fee_bp": None, "fee_fen_per_kg": 20}
        change = ask(coop_manager, "mandates", terms(xiuying_household, coop) | other)
        facts = {field: (old, new) for field, old, new in change.rows.get().facts}
        assert (facts["may_confirm"], facts["fee_fen_per_kg"]) == (("yes", "no"), ("", "0.20"))

        changes.confirm(change, by=xiuying, at=MONDAY + DAY)

        mandate.refresh_from_db()
        now = Mandate.objects.exclude(pk=mandate.pk).get()
        assert (mandate.to_on, now.from_on, now.may_confirm, now.fee_fen_per_kg) == (
            TODAY + DAY,
            TODAY + DAY,
            False,
            20,
        )

    def test_nobody_but_the_household_agrees(
        self, coop_manager, coop, xiuying, xiuying_household, guiying, client, cadre_liu, relief_clerk
    ):
        change = ask(coop_manager, "coop-members", membership(xiuying_household, coop))

        with pytest.raises(AlreadyTookPart):  # not even by an account of a member of the household
            changes.confirm(change, by=coop_manager, paper=_stored(coop_manager), at=MONDAY)
        for other, status in ((guiying, 404), (relief_clerk, 404), (coop_manager, 403)):
            login(client, other)
            for door in ("register-change-confirm", "api-register-change-confirm"):
                answer = client.post(
                    reverse(door, args=[change.pk]), {"idem": uuid.uuid4().hex}, headers={"Idempotency-Key": door}
                )
                assert answer.status_code == status, (other, door)
        assert not CoopMember.objects.exists()

    def test_a_cadre_confirms_with_the_paper_alone_and_the_household_is_told(
        self, client, coop_manager, coop, xiuying_household, cadre_liu
    ):
        change = ask(coop_manager, "coop-members", membership(xiuying_household, coop))
        with pytest.raises(changes.PaperNeeded):
            changes.confirm(change, by=cadre_liu, at=MONDAY)
        login(client, cadre_liu)
        assert xiuying_household.number in client.get(reverse("home")).content.decode()
        page = client.get(reverse("register-change", args=[change.pk])).content.decode()
        assert 'name="paper"' in page

        client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": uuid.uuid4().hex, "paper": a_jpeg()})

        assert CoopMember.objects.get().household == xiuying_household
        assert Consent.objects.get(document=change.reference).how == "paper"
        assert Attachment.objects.get(document=change.reference).role == "paper"
        assert "签字" in texts_of(xiuying_household)[-1]
        assert client.get(reverse("register-change-paper", args=[change.pk])).status_code == 200

    def test_a_cadre_of_another_village_has_no_part_in_it(
        self, client, coop_manager, coop, xiuying_household, other_village
    ):
        committee = factories.an_organisation("village", "湖坑村民委员会", other_village)
        far = factories.a_user("曾干部", "cadre", committee, other_village)
        change = ask(coop_manager, "coop-members", membership(xiuying_household, coop))

        assert login(client, far).get(reverse("register-change", args=[change.pk])).status_code == 404

    def test_a_manager_asks_for_the_own_co_operative_alone(self, coop_manager, xiuying_household, other_village):
        far = factories.an_organisation("cooperative", "湖坑合作社", other_village)

        with pytest.raises(changes.NotYours):
            ask(coop_manager, "coop-members", membership(xiuying_household, far))

    def test_what_nobody_answers_ends_after_a_week_and_both_are_told(self, coop_manager, coop, xiuying_household):
        change = ask(coop_manager, "coop-members", membership(xiuying_household, coop))
        assert change.confirm_by_at == MONDAY + 7 * DAY

        assert changes.lapse_unconfirmed(at=change.confirm_by_at) == 1

        assert "到期没人确认" in texts_of(xiuying_household)[-1]
        assert "到期没人确认" in Message.objects.get(household=None).body

    def test_a_household_says_no_with_one_tap(self, client, coop_manager, coop, xiuying, xiuying_household):
        change = ask(coop_manager, "coop-members", membership(xiuying_household, coop))
        login(client, xiuying)

        client.post(reverse("register-change-refuse", args=[change.pk]), {"idem": uuid.uuid4().hex})

        change.refresh_from_db()
        assert change.status == "refused"
        assert "农户没有同意" in Message.objects.get(household=None).body

    @pytest.mark.parametrize(
        "values",
        [
            {"household": "R999"},
            {"cooperative": "石城县第一中学"},
            {"to_on": TODAY.isoformat()},
            {"may_list": False, "may_confirm": False},
            {"fee_fen_per_kg": 20},  # beside a share
        ],
    )
    def test_what_cannot_be_is_refused_before_anybody_is_asked(
        self, values, coop_manager, coop, xiuying_household, school, member
    ):
        with pytest.raises(BadValue):
            ask(coop_manager, "mandates", terms(xiuying_household, coop) | values)
        assert not RegisterChange.objects.exists()

    def test_terms_that_begin_later_are_ended_first(self, coop_manager, coop, xiuying_household, member):
        factories.a_mandate(xiuying_household, coop, from_on=TODAY + 9 * DAY)

        with pytest.raises(MandateWaits):
            ask(coop_manager, "mandates", terms(xiuying_household, coop))


def _stored(user):
    return receive_photo(a_jpeg(), by=user, at=MONDAY, public=False)


class TestEnding:
    """The household ends it at once, the co-operative from tomorrow on."""

    def test_a_household_ends_a_mandate_at_once(self, mandate, xiuying, coop_manager):
        coops.end_mandate(mandate, by=xiuying, at=MONDAY)

        mandate.refresh_from_db()
        assert mandate.to_on == TODAY
        assert Event.objects.get(kind="mandate.ended").by == xiuying
        told = list(Message.objects.filter(kind="mandate.ended"))
        assert {message.phone for message in told} == {mandate.household.phone, coop_manager.phone}

    def test_a_co_operative_ends_a_mandate_from_tomorrow_on(self, mandate, coop_manager):
        coops.end_mandate(mandate, by=coop_manager, at=MONDAY)

        mandate.refresh_from_db()
        assert mandate.to_on == TODAY + DAY
        with pytest.raises(coops.Ended):
            coops.end_mandate(mandate, by=coop_manager, at=MONDAY)

    def test_with_the_membership_the_mandate_ends(self, member, mandate, xiuying):
        coops.end_membership(member, by=xiuying, at=MONDAY)

        mandate.refresh_from_db()
        member.refresh_from_db()
        assert (member.to_on, mandate.to_on) == (TODAY, TODAY)

    @pytest.mark.parametrize("door", ["mandate-end", "api-mandate-end"])
    def test_one_tap_ends_it_and_nobody_else_does(self, door, client, mandate, xiuying, guiying, cadre_liu):
        for who, status in ((guiying, {404}), (cadre_liu, {404}), (xiuying, {200, 302})):
            login(client, who)
            answer = client.post(
                reverse(door, args=[mandate.pk]), {"idem": uuid.uuid4().hex}, headers={"Idempotency-Key": "a"}
            )
            assert answer.status_code in status
        mandate.refresh_from_db()
        assert mandate.to_on == TODAY

    @pytest.mark.parametrize("door", ["coop-member-end", "api-coop-member-end"])
    def test_a_manager_ends_a_membership(self, door, client, member, coop_manager):
        login(client, coop_manager)
        client.post(reverse(door, args=[member.pk]), {"idem": uuid.uuid4().hex}, headers={"Idempotency-Key": "a"})

        member.refresh_from_db()
        assert member.to_on == TODAY + DAY


class TestPages:
    """A manager asks on a page or by a file; a household answers on its own page."""

    def test_a_manager_asks_on_a_page_and_the_household_agrees_on_its_own(
        self, client, coop_manager, coop, xiuying, xiuying_household, member
    ):
        login(client, coop_manager)
        page = client.get(reverse("register-new", args=["mandates"])).content.decode()
        assert coop.name in page and "document_number" not in page
        sent = client.post(
            reverse("register-new", args=["mandates"]),
            {
                "idem": uuid.uuid4().hex, "household": xiuying_household.number, "cooperative": coop.name,
                "from_on": "2026-11-02", "may_list": "yes", "may_confirm": "yes", "payee_is_coop": "no",
                "fee_bp": "1.5",
            },
        )  # fmt: skip
        change = RegisterChange.objects.get()
        assert sent.url == reverse("register-change", args=[change.pk])
        login(client, xiuying)
        assert reverse("own-coops") in client.get(reverse("home")).content.decode()
        assert reverse("own-coops") in client.get(reverse("me")).content.decode()
        own = client.get(reverse("own-coops")).content.decode()
        assert coop.name in own and "1.5" in own and reverse("register-change-confirm", args=[change.pk]) in own

        answer = client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": uuid.uuid4().hex})

        assert answer.url == reverse("own-coops")
        given = Mandate.objects.get()
        assert reverse("mandate-end", args=[given.pk]) in client.get(answer.url).content.decode()
        assert client.get(reverse("api-own-coops")).json()["mandates"][0]["fee_bp"] == 150

    def test_programs_ask_and_agree_as_pages_do(self, client, coop_manager, coop, xiuying, xiuying_household):
        send = {"content_type": "application/json", "headers": {"Idempotency-Key": "a"}}
        row = {"household": xiuying_household.number, "cooperative": coop.name, "from_on": "2026-11-02"}
        login(client, coop_manager)
        asked = client.post(reverse("api-register-propose", args=["coop-members"]), {"rows": [row]}, **send)
        assert asked.status_code == 201
        login(client, xiuying)
        assert client.get(reverse("api-own-coops")).json()["asked"][0]["id"] == asked.json()["id"]

        agreed = client.post(reverse("api-register-change-confirm", args=[asked.json()["id"]]), {}, **send)

        assert agreed.json()["status"] == "confirmed"
        assert CoopMember.objects.get().household == xiuying_household

    def test_a_file_asks_every_household_for_itself(
        self, client, coop_manager, coop, xiuying_household, guiying_household
    ):
        login(client, coop_manager)
        head = ["农户编号", "合作社", "从哪天起", "到哪天止"]
        rows = [[house.number, coop.name, "2026-11-02", ""] for house in (xiuying_household, guiying_household)]
        refused = _bring(client, head, rows[0], ["R999", coop.name, "2026-11-02", ""])
        assert refused.status_code == 400 and "没有这个编号的农户" in refused.content.decode()
        assert not RegisterChange.objects.exists()

        sent = _bring(client, head, *rows)

        assert sent.url == reverse("register", args=["coop-members"])
        asked = {tuple(change.confirmed_in) for change in RegisterChange.objects.all()}
        assert len(asked) == 2
        assert all(texts_of(house) for house in (xiuying_household, guiying_household))

    def test_lists_cost_the_same_however_long_they_are(
        self, client, coop_manager, coop, changxi, django_assert_max_num_queries
    ):
        for _serial in range(25):
            household = factories.a_household(changxi)
            factories.a_member(household, coop)
            factories.a_mandate(household, coop)
        login(client, coop_manager)

        for key in ("coop-members", "mandates"):
            with django_assert_max_num_queries(12):
                page = client.get(reverse("register", args=[key])).content.decode()
            assert page.count("<tr>") == 21

    def test_a_manager_sees_the_own_members_a_cadre_the_village_and_each_may_be_ended(
        self, client, coop_manager, cadre_liu, mandate, member, other_village
    ):
        far = factories.an_organisation("cooperative", "湖坑合作社", other_village)
        stranger = factories.a_household(other_village, name="曾水生")
        factories.a_mandate(stranger, far)
        for who in (coop_manager, cadre_liu):
            page = login(client, who).get(reverse("register", args=["mandates"])).content.decode()
            assert mandate.household.number in page and stranger.number not in page
        assert client.get(reverse("register-new", args=["mandates"])).status_code == 403  # a cadre asks nobody
        login(client, coop_manager)
        for key, row in (("mandates", mandate), ("coop-members", member)):
            page = client.get(reverse("register-edit", args=[key, row.pk])).content.decode()
            assert f"/{row.pk}/end/" in page
        narrowed = client.get(reverse("register", args=["mandates"]), {"state": "now", "may": "may_confirm"})
        assert mandate.household.number in narrowed.content.decode()


def _bring(client, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("社员.xlsx", out.getvalue())
    return client.post(reverse("register-rows", args=["coop-members"]), {"idem": uuid.uuid4().hex, "file": file})
