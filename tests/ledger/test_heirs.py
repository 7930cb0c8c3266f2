"""The money of a payee who died goes once to the heir whom two people of finance named on a paper."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from kernel.errors import BadValue
from ledger.models import Heir, Payment, ReturnCase
from ledger.selectors import waiting_payables
from ledger.services import heirs, mending, payments
from marketplace.audit import breaches
from tests import factories
from tests.factories import FRIDAY, WEDNESDAY, login
from tests.ledger.steps import FAILED, PAID, answer_line, load, return_file, sent
from tests.losses.pages import a_jpeg
from tests.losses.steps import a_photo

pytestmark = pytest.mark.django_db
CARD, ID = factories.a_card_number(99_088), factories.an_id_number(99_088)
SAID = {
    "died_on": dt.date(2026, 11, 1), "document": "石公死字〔2026〕7号", "name": "黄小英", "id_number": ID,
    "number": CARD, "bank": "农业银行",
}  # fmt: skip


def broken():
    """Return which promises are broken, but for the payables of these tests, which no award wrote."""
    return {one.promise for one in breaches()} - {"I10 every payable is owed by a statement or an award"}


@pytest.fixture
def name(relief, finance_maker):
    def act(*, by=finance_maker, at=WEDNESDAY, payable=relief[0], **changes):
        return heirs.name_heir(payable, **(SAID | {"paper": a_photo(by=by)} | changes), by=by, at=at)

    return act


def test_the_next_batch_pays_the_heir_once_and_the_register_stays(
    name, relief, finance_bureau, finance_maker, finance_checker
):
    before = relief[0].household.cards.get().index
    heir = name()
    assert relief[0] not in waiting_payables(finance_bureau)
    with pytest.raises(payments.HeirNamed):
        payments.refuse_while_open([relief[0]])
    with pytest.raises(heirs.HeirWaits):
        name()
    heirs.confirm_heir(heir, by=finance_checker, at=WEDNESDAY)

    batch = sent(finance_bureau, finance_maker, finance_checker)
    payment = batch.payments.get(payable=relief[0])
    assert (payment.payee.card, payment.payee.payee_name) == (CARD, "黄小英")
    with pytest.raises(heirs.StillBeingPaid):
        name()
    load(return_file(batch, [answer_line(one, PAID) for one in batch.payments.order_by("line_no")]), finance_checker)
    assert Payment.objects.filter(payable=relief[0], status="paid").count() == 1
    assert relief[0].household.cards.get().index == before and broken() == set()


def test_what_came_back_is_mended_with_the_heirs_card(name, relief, finance_bureau, finance_maker, finance_checker):
    batch = sent(finance_bureau, finance_maker, finance_checker)
    load(return_file(batch, [answer_line(batch.payments.get(payable=relief[0]), FAILED)]), finance_checker)
    case = ReturnCase.objects.get()
    heir = name(at=FRIDAY)
    mending.propose_payee(case, number=CARD, holder="黄秀英", bank="农业银行", by=finance_maker, at=FRIDAY)
    with pytest.raises(heirs.CardIsProposed):
        heirs.confirm_heir(heir, by=finance_checker, at=FRIDAY)
    mending.reject_payee(case, why="人不在了", by=finance_checker, at=FRIDAY)
    heirs.confirm_heir(heir, by=finance_checker, at=FRIDAY)

    case.refresh_from_db()
    assert (case.status, case.snapshot.card) == ("mended", CARD) and broken() == set()
    assert relief[0] in waiting_payables(finance_bureau)


def test_two_people_and_nobody_tied_to_it(name, finance_maker, finance_checker, relief, finance_bureau):
    heir = name()
    with pytest.raises(mending.SecondPersonNeeded):
        heirs.confirm_heir(heir, by=finance_maker, at=WEDNESDAY)
    with pytest.raises(BadValue):
        heirs.reject_heir(heir, why=" ", by=finance_checker, at=WEDNESDAY)
    heirs.reject_heir(heir, why="公证书上是另一个人", by=finance_checker, at=WEDNESDAY)
    assert relief[0] in waiting_payables(finance_bureau)
    assert name().status == "proposed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"died_on": dt.date(2099, 1, 1)},
        {"document": " "},
        {"bank": " "},
        {"paper": None},
        {"number": "62"},
        {"id_number": "360735199001011239"},
    ],
)
def test_what_is_not_whole_is_refused_in_words(name, wrong):
    with pytest.raises(BadValue):
        name(**wrong)
    assert not Heir.objects.exists()


def test_an_id_number_of_the_register_has_its_own_name_there(name, xiuying, finance_checker):
    with pytest.raises(BadValue):
        name(id_number=xiuying.person.id_number)
    assert name(id_number=xiuying.person.id_number, name=xiuying.person.name).status == "proposed"


def test_it_goes_through_the_pages_masked(client, now, relief, finance_maker, finance_checker):
    page = reverse("heir-new", args=[relief[0].pk])
    login(client, finance_maker)
    typed = SAID | {"died_on": "2026-11-01", "idem": uuid4().hex}
    assert client.post(page, typed).status_code == 400
    shown = client.post(page, typed | {"paper": a_jpeg()}, follow=True).content.decode()
    assert "黄*英" in shown and "黄小英" not in shown and CARD not in shown and ID not in shown
    heir = Heir.objects.get()
    login(client, finance_checker)
    assert reverse("heir", args=[heir.pk]) in client.get(reverse("problem-list")).content.decode()
    assert client.get(reverse("heir-paper", args=[heir.pk])).status_code == 200
    client.post(reverse("heir-confirm", args=[heir.pk]), {"idem": uuid4().hex})
    heir.refresh_from_db()
    assert heir.status == "confirmed" and heir.snapshot.card == CARD


def test_it_goes_through_the_api(client, now, relief, finance_maker, finance_checker):
    def call(user, url, data=None, **more):
        login(client, user)
        answer = client.post(url, data, headers={"Idempotency-Key": uuid4().hex}, **more)
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    url = reverse("api-heir-new", args=[relief[0].pk])
    first = call(finance_maker, url, SAID | {"paper": a_jpeg()})
    assert (first["status"], first["name"], CARD in str(first)) == ("proposed", "黄*英", False)
    words = {"why": "公证书上是另一个人"}
    json = {"content_type": "application/json"}
    assert call(finance_checker, reverse("api-heir-reject", args=[first["id"]]), words, **json)["status"] == "rejected"
    again = call(finance_maker, url, SAID | {"paper": a_jpeg()})
    confirmed = call(finance_checker, reverse("api-heir-confirm", args=[again["id"]]), {}, **json)
    assert confirmed["status"] == "confirmed"
    assert len(client.get(reverse("api-heir-list")).json()["results"]) == 2


def test_the_same_key_with_another_paper_is_refused(client, now, relief, finance_maker, finance_checker):
    login(client, finance_maker)
    page, program = reverse("heir-new", args=[relief[0].pk]), reverse("api-heir-new", args=[relief[0].pk])
    typed = SAID | {"died_on": "2026-11-01", "idem": uuid4().hex}
    papers = ("green", "green", "red")

    pages = [client.post(page, typed | {"paper": a_jpeg(colour)}).status_code for colour in papers]
    assert (pages, Heir.objects.count()) == ([302, 302, 400], 1)

    heirs.reject_heir(Heir.objects.get(), why="公证书上是另一个人", by=finance_checker, at=FRIDAY)
    key = {"headers": {"Idempotency-Key": "k"}}
    answers = [client.post(program, SAID | {"paper": a_jpeg(colour)}, **key).status_code for colour in papers]
    assert (answers, Heir.objects.count()) == ([201, 201, 422], 2)
