"""Finance's doors: made by one, sent by another, the file handed out as it is and never shown."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ledger.models import BatchStatus, PayoutBatch
from ledger.services import payouts
from records.services.files import read_original
from tests import factories
from tests.factories import WEDNESDAY, login
from tests.ledger.steps import answer_line, owed, return_file, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(relief, finance_bureau, finance_maker):
    return payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)


def at(name, batch):
    return reverse(name, args=[batch.pk])


def test_the_maker_sees_what_waits_with_its_sum(client, relief, finance_maker):
    login(client, finance_maker)

    page = client.get(reverse("batch-new")).content.decode()

    assert "240.00" in page and "人民币贰佰肆拾元整" in page
    assert "黄*英" in page and "黄秀英" not in page and relief[0].card not in page


def test_a_sum_that_has_changed_makes_no_batch(client, relief, finance_maker, finance_bureau, xiuying_household):
    login(client, finance_maker)
    owed(xiuying_household, finance_bureau, 10_00)

    answer = client.post(reverse("batch-new"), {"sum": "24000", "idem": "n"}, follow=True)

    assert "待发名单在你打开页面后有变动" in answer.content.decode()
    assert not PayoutBatch.objects.exists()


def test_what_is_unknown_stands_greyed_with_its_reason(
    client, relief, finance_bureau, finance_maker, finance_checker, changxi
):
    sent(finance_bureau, finance_maker, finance_checker)
    owed(factories.a_household(changxi, name="赖有财"), finance_bureau, 70_00)
    login(client, finance_maker)

    page = client.get(reverse("batch-new")).content.decode()

    assert "不在本批" in page and "未知不等于失败" in page and "70.00" in page


def test_each_hand_does_its_own_step(client, batch, finance_maker, finance_checker, director_lin, auditor, olga):
    for who, name, status in (
        (olga, "batch-detail", 404),
        (director_lin, "batch-detail", 200),
        (auditor, "batch-detail", 200),
        (finance_maker, "batch-detail", 200),
        (finance_maker, "batch-file", 403),
        (director_lin, "batch-file", 403),
        (auditor, "batch-return", 403),
        (finance_maker, "batch-return", 403),
        (finance_checker, "batch-return", 200),
        (finance_checker, "batch-file", 404),
        (director_lin, "batch-reconcile", 200),
        (olga, "batch-reconcile", 403),
    ):
        login(client, who)
        assert client.get(at(name, batch)).status_code == status, (name, who)
    login(client, finance_checker)
    assert client.get(reverse("batch-new")).status_code == 403


def test_another_finance_office_sees_nothing(client, batch, county):
    elsewhere = factories.an_organisation(
        "finance", "别县财政局", factories.a_place("360730000000", "county", "宁都县")
    )
    login(client, factories.a_user("外人", "finance_checker", elsewhere))

    for name in ("batch-detail", "batch-file", "batch-return", "batch-reconcile"):
        assert client.get(at(name, batch)).status_code == 404
    assert client.post(at("batch-send", batch), {"idem": "s"}).status_code == 404


def test_the_maker_is_told_and_the_checker_sends_once(client, batch, finance_maker, finance_checker):
    login(client, finance_maker)
    assert client.post(at("batch-send", batch), {"idem": "s"}).status_code == 403

    login(client, finance_checker)
    for _turn in range(2):
        assert client.post(at("batch-send", batch), {"idem": "s"}).status_code == 302

    batch.refresh_from_db()
    assert (batch.status, batch.checker) == (BatchStatus.SENT, finance_checker)


def test_one_who_holds_both_posts_cannot_send_what_they_made(client, relief, finance_bureau, finance_maker):
    from accounts.services import people

    people.appoint(
        finance_maker.person, finance_bureau, "finance_checker", area=finance_bureau.place, from_on=factories.LONG_AGO
    )
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)
    login(client, finance_maker)

    answer = client.post(at("batch-send", batch), {"idem": "s"}, follow=True)

    assert "制单人不能自己复核送盘" in answer.content.decode()
    batch.refresh_from_db()
    assert batch.status == BatchStatus.PREPARED


def test_the_file_is_handed_out_as_it_is_and_never_shown(
    client, relief, finance_bureau, finance_maker, finance_checker
):
    batch = sent(finance_bureau, finance_maker, finance_checker)
    login(client, finance_checker)

    downloads = [client.get(at("batch-file", batch)) for _turn in range(2)]

    assert {answer.content for answer in downloads} == {read_original(batch.file)}
    assert downloads[0]["Content-Disposition"] == f'attachment; filename="{batch.number}.txt"'
    assert downloads[0]["Content-Type"].startswith("text/plain")
    assert "no-store" in downloads[0]["Cache-Control"]
    page = client.get(at("batch-detail", batch)).content.decode()
    assert relief[0].card not in page and "黄秀英" not in page


def test_a_wrong_return_file_is_refused_in_words_and_a_right_one_applied(
    client, relief, finance_bureau, finance_maker, finance_checker
):
    batch = sent(finance_bureau, finance_maker, finance_checker)
    lines = [answer_line(payment) for payment in batch.payments.order_by("line_no")]
    login(client, finance_checker)

    wrong = client.post(at("batch-return", batch), {"file": _file(return_file(batch, lines, total_fen=1))})
    assert wrong.status_code == 400 and "整份没有入账" in wrong.content.decode()
    right = client.post(at("batch-return", batch), {"file": _file(return_file(batch, lines))}, follow=True)
    assert "2 笔到账" in right.content.decode()
    twice = client.post(at("batch-return", batch), {"file": _file(return_file(batch, lines))})
    assert "已经导入过" in twice.content.decode()


def test_the_answer_to_another_batch_is_loaded_there(
    client, relief, finance_bureau, finance_maker, finance_checker, changxi
):
    first = sent(finance_bureau, finance_maker, finance_checker)
    owed(factories.a_household(changxi, name="赖有财"), finance_bureau, 70_00)
    second = sent(finance_bureau, finance_maker, finance_checker)
    login(client, finance_checker)

    raw = return_file(second, [answer_line(second.payments.get())])
    answer = client.post(at("batch-return", first), {"file": _file(raw)})

    assert "这份回单是另一批的" in answer.content.decode()
    assert second.payments.get().status == "sent"


def test_what_to_look_into_is_listed_masked(client, relief, finance_bureau, finance_maker, finance_checker):
    batch = sent(finance_bureau, finance_maker, finance_checker)
    payments = list(batch.payments.order_by("line_no"))
    raw = return_file(batch, [answer_line(payments[0], amount="1.00"), answer_line(payments[1])])
    login(client, finance_checker)
    client.post(at("batch-return", batch), {"file": _file(raw)})

    page = client.get(at("batch-return", batch)).content.decode()

    assert "金额与指令不符。" in page and "黄*英" in page and "黄秀英" not in page


def test_dissolving_needs_a_reason(client, batch, finance_maker):
    login(client, finance_maker)

    assert client.post(at("batch-cancel", batch), {"why": "", "idem": "c"}).status_code == 400
    assert client.post(at("batch-cancel", batch), {"why": "漏了一户", "idem": "c"}).status_code == 302

    batch.refresh_from_db()
    assert batch.status == BatchStatus.CANCELLED


def test_a_long_batch_costs_the_same_number_of_queries(
    client, finance_bureau, finance_maker, changxi, django_assert_max_num_queries
):
    for n in range(6):
        owed(factories.a_household(changxi, name="黄秀英"), finance_bureau, 10_00 + n)
    batch = payouts.build_batch(finance_bureau, by=finance_maker, at=WEDNESDAY)
    login(client, finance_maker)

    with django_assert_max_num_queries(14):
        client.get(at("batch-detail", batch))


def _file(raw):
    return SimpleUploadedFile("RET-1.txt", raw, "text/plain")
