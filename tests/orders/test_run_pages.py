"""Pay runs on pages and through the API: ticked by one person, confirmed by another, answered by the bank."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.models import Payment, PayoutBatch
from orders.models import SettlementStatement
from orders.services import runs
from records.services.participation import take_part
from tests.factories import FRIDAY, a_fund, login
from tests.ledger.steps import FAILED, answer_line, return_file
from tests.orders.steps import wish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def friday(now):
    now["at"] = FRIDAY


@pytest.fixture
def owed(story, cabbage_of_xiuying, cabbage_of_guiying):
    """64.00 yuan to Xiuying's household and 30.00 to Guiying's, of two orders."""
    story.signed(wish((cabbage_of_xiuying, 40)))
    story.signed(wish((cabbage_of_guiying, 20)))
    return list(SettlementStatement.objects.order_by("pk"))


@pytest.fixture
def run(owed, fund, cashier_yu):
    return runs.make_run(fund, statements=[row.pk for row in owed], by=cashier_yu, at=FRIDAY)


def tick(client, fund, rows, key="k" * 32):
    return client.post(
        f"/pay-runs/new/{fund.pk}/", {"idem": key, "statements": [getattr(row, "pk", row) for row in rows]}
    )


def call(client, path, data=None, key="k-1"):
    return client.post(
        f"/api/v1/{path}", json.dumps(data or {}), content_type="application/json", HTTP_IDEMPOTENCY_KEY=key
    )


def test_two_people_pay_by_page_and_the_bank_answers(client, owed, fund, cashier_yu, second_qiu):
    login(client, cashier_yu)
    page = client.get(f"/pay-runs/new/{fund.pk}/").content.decode()
    assert (owed[0].number in page, owed[1].number in page, "94.00" in page) == (True, True, True)

    answer = tick(client, fund, owed)
    run = PayoutBatch.objects.get()
    assert answer.url == f"/pay-runs/{run.pk}/"
    assert "点头，付" not in client.get(answer.url).content.decode()

    login(client, second_qiu)
    page = client.get(f"/pay-runs/{run.pk}/").content.decode()
    assert "点头，付 94.00 元" in page
    assert "2 户、0 家合作社" in page
    client.post(f"/pay-runs/{run.pk}/confirm/", {"idem": "c" * 32})
    file = client.get(f"/pay-runs/{run.pk}/file/")
    assert file.content == client.get(f"/pay-runs/{run.pk}/file/").content
    assert file.content.startswith(f"H|{run.number}|2|94.00".encode())

    first, second = run.payments.order_by("line_no")
    raw = return_file(run, [answer_line(first), answer_line(second, FAILED)])
    client.post(f"/pay-runs/{run.pk}/return/", {"file": SimpleUploadedFile("a.txt", raw)})

    assert list(run.payments.order_by("line_no").values_list("status", flat=True)) == ["paid", "failed"]
    page = client.get(f"/pay-runs/{run.pk}/").content.decode()
    case = second.cases.get()
    assert f"/payouts/returned/{case.pk}/" in page
    assert client.get(f"/payouts/returned/{case.pk}/").status_code == 200


def test_the_list_leads_to_each_fund_by_its_name(client, owed, fund, cashier_yu):
    login(client, cashier_yu)

    page = " ".join(client.get("/pay-runs/").content.decode().split())

    assert f'href="/pay-runs/new/{fund.pk}/">{fund.organisation.name}' in page


def test_a_form_sent_twice_makes_one_run(client, owed, fund, cashier_yu):
    login(client, cashier_yu)

    first, again = tick(client, fund, owed), tick(client, fund, owed)

    assert first.url == again.url == f"/pay-runs/{PayoutBatch.objects.get().pk}/"


def test_nothing_ticked_and_what_does_not_wait_are_refused(client, owed, fund, run, cashier_yu):
    login(client, cashier_yu)

    for rows in ([], owed, ["9" * 40], ["x"]):
        assert (
            tick(client, fund, rows, key=f"{len(rows)}{rows[:1]}"[:32].ljust(32, "k")).url
            == f"/pay-runs/new/{fund.pk}/"
        )

    assert PayoutBatch.objects.count() == 1


def test_what_is_left_to_a_colleague_is_said(client, owed, fund, cashier_yu):
    order = owed[0].lines.get().receipt_line.allocation.order
    take_part(order.reference, "approve", by=cashier_yu, at=FRIDAY)
    login(client, cashier_yu)

    page = client.get(f"/pay-runs/new/{fund.pk}/").content.decode()

    assert "留给同事付的" in page
    assert f'name="statements" value="{owed[0].pk}"' not in page


def test_an_answer_to_another_run_is_refused_on_the_page(client, run, second_qiu):
    login(client, second_qiu)
    client.post(f"/pay-runs/{run.pk}/confirm/", {"idem": "c" * 32})
    lines = [answer_line(payment) for payment in run.payments.order_by("line_no")]
    raw = return_file(run, lines).replace(run.number.encode(), b"FK000000-0001-0")

    answer = client.post(f"/pay-runs/{run.pk}/return/", {"file": SimpleUploadedFile("a.txt", raw)})

    assert answer.status_code == 400
    assert not Payment.objects.filter(status="paid").exists()


def test_a_program_makes_and_confirms_a_run(client, owed, fund, cashier_yu, second_qiu):
    login(client, cashier_yu)
    made = call(client, "pay-runs/", {"fund": fund.pk, "statements": [row.pk for row in owed]})
    assert (made.status_code, made.json()["total"], len(made.json()["payments"])) == (201, "94.00", 2)
    path = f"pay-runs/{made.json()['id']}/"
    assert call(client, f"{path}confirm/").status_code == 403

    login(client, second_qiu)
    assert call(client, f"{path}confirm/", key="k-2").json()["status"] == "sent"
    assert client.get(f"/api/v1/{path}").json()["status"] == "sent"
    assert len(client.get("/api/v1/pay-runs/").json()["results"]) == 1


def test_a_program_names_statements_that_wait(client, owed, fund, run, cashier_yu):
    login(client, cashier_yu)

    answer = call(client, "pay-runs/", {"fund": fund.pk, "statements": [owed[0].pk]})

    assert (answer.status_code, answer.json()["code"]) == (409, "waiting_changed")
    assert call(client, "pay-runs/", {"fund": fund.pk, "statements": []}, key="k-2").status_code == 400


def test_a_program_dissolves_a_run(client, run, second_qiu):
    login(client, second_qiu)

    answer = call(client, f"pay-runs/{run.pk}/cancel/", {"why": "少勾了"})

    assert answer.json()["status"] == "cancelled"


def test_the_page_of_a_run_takes_few_statements_whatever_its_size(
    client, run, second_qiu, django_assert_max_num_queries
):
    login(client, second_qiu)

    with django_assert_max_num_queries(14):
        assert client.get(f"/pay-runs/{run.pk}/").status_code == 200


def test_the_union_treasurer_pays_from_the_unions_fund_and_not_from_the_canteens(
    client, owed, fund, school, treasurer_zhou
):
    canteen = a_fund(school, "canteen", yuan=500)
    login(client, treasurer_zhou)

    assert client.get(f"/pay-runs/new/{fund.pk}/").status_code == 200
    assert client.get(f"/pay-runs/new/{canteen.pk}/").status_code == 404
