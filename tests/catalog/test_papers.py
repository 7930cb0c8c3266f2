"""The certificate of conformity and other papers: who makes them out, what they say, what is missing for whom."""

import datetime as dt
import io
import json

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, ProgrammingError, transaction
from django.urls import reverse
from PIL import Image

from catalog.models import Paper
from catalog.selectors.papers import missing_papers, papers_of
from catalog.services import listings, paper_pdf, papers
from kernel import clock
from kernel.clock import county_day
from kernel.weight import parse_quantity
from kernel.workflow import IllegalMove
from tests.factories import MONDAY, a_listing, login
from tests.guards.rows import past_triggers

pytestmark = pytest.mark.django_db
TODAY = county_day(MONDAY)


@pytest.fixture
def lot(xiuying_household, xiuying, cabbage, now):
    return a_listing(xiuying_household, cabbage, kg=100, by=xiuying)


def commit(lot, **values):
    return papers.issue_commitment(lot, **({"basis": papers.CONTROL, "by": lot.made_by, "at": MONDAY} | values))


def a_slip_photo():
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "white").save(out, "JPEG")
    return SimpleUploadedFile("slip.jpg", out.getvalue(), "image/jpeg")


def test_the_words_are_those_in_force_on_the_day_for_whoever_sells(lot, cabbage, coop, coop_manager):
    assert commit(lot).wording == papers.PRODUCER
    of_coop = a_listing(None, cabbage, cooperative=coop, by=coop_manager, kg=50)
    assert commit(of_coop, collected=True).wording == papers.COLLECTOR
    assert commit(of_coop).wording == papers.PRODUCER
    assert commit(lot, collected=True).wording == papers.PRODUCER  # a household sells what it grew
    before = dt.datetime(2026, 1, 31, 4, tzinfo=dt.UTC)
    assert commit(lot, at=before).wording == papers.TRIAL


def test_a_certificate_is_for_a_batch_of_at_most_the_lot(lot):
    assert commit(lot).quantity == 100_000
    assert commit(lot, quantity=40_000).quantity == 40_000
    for quantity in (0, 100_001):
        with pytest.raises(papers.TooMuchPaper):
            commit(lot, quantity=quantity)
    with pytest.raises(papers.BadBasis):
        commit(lot, basis="because")
    assert Paper.objects.count() == 2
    assert [paper.number[:8] for paper in papers_of(lot)] == ["ZM261102", "ZM261102"]


def test_no_certificate_before_harvest_or_while_the_sale_is_stopped(
    lot, xiuying_household, xiuying, cabbage, inspector_he
):
    forecast = listings.put_on_sale(
        household=xiuying_household, produce=cabbage, quantity=parse_quantity("9", "jin"), price_fen=80,
        expected=(TODAY, TODAY + dt.timedelta(days=9)), by=xiuying, at=MONDAY,
    )  # fmt: skip
    with pytest.raises(papers.NotHarvestedYet):
        commit(forecast)
    listings.stop_sale(lot, reason="农残超标", by=inspector_he, at=MONDAY)
    with pytest.raises(papers.LotIsStopped):
        commit(lot)
    assert not Paper.objects.exists()


def test_a_void_paper_stays_void_and_what_it_said_stays(lot):
    paper = papers.cancel_paper(commit(lot), by=lot.made_by, at=MONDAY)
    assert paper.status == "cancelled"
    with pytest.raises(IllegalMove):
        papers.cancel_paper(paper, by=lot.made_by, at=MONDAY)
    for change in ({"quantity": 1}, {"status": "valid"}):
        with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
            Paper.objects.filter(pk=paper.pk).update(**change)


def test_what_is_missing_depends_on_who_buys_and_on_the_day(lot, school, hospital):
    lot.produce.papers = ["conformity"]
    lacking = missing_papers(lot, papers_of(lot), TODAY)
    assert (lacking.of(None), lacking.of("market"), lacking.of("school")) == (
        ("conformity",), ("conformity",), ("conformity", "test"),
    )  # fmt: skip
    paper = commit(lot)
    photo = _stored(lot)
    papers.add_slip(
        lot,
        "test",
        office="屏山镇农残检测站",
        number="2026-118",
        issued_on=TODAY,
        photo=photo,
        by=lot.made_by,
        at=MONDAY,
    )
    assert missing_papers(lot, papers_of(lot), TODAY).of("school") == ()
    assert missing_papers(lot, papers_of(lot), TODAY + dt.timedelta(days=8)).of("school") == ("test",)
    papers.cancel_paper(paper, by=lot.made_by, at=MONDAY)
    assert missing_papers(lot, papers_of(lot), TODAY).of("hospital") == ("conformity",)


def _stored(lot):
    from records.services.photos import receive_photo  # here, since only slips are photographed

    return receive_photo(a_slip_photo(), by=lot.made_by, at=MONDAY, public=False)


def test_a_slip_that_failed_or_says_nothing_is_no_paper(lot):
    values = {
        "office": "检测站",
        "number": "7",
        "issued_on": TODAY,
        "photo": _stored(lot),
        "by": lot.made_by,
        "at": MONDAY,
    }
    with pytest.raises(papers.FailedTest):
        papers.add_slip(lot, "test", **values, passed=False)
    for change in ({"office": " "}, {"number": ""}, {"issued_on": TODAY + dt.timedelta(days=1)}, {"photo": None}):
        with pytest.raises(papers.BadSlip):
            papers.add_slip(lot, "test", **(values | change))
    with pytest.raises(papers.BadSlip):
        papers.add_slip(lot, "conformity", **values)
    assert not Paper.objects.exists()


def test_the_printed_certificate_is_a_pdf_and_takes_its_words_as_data(lot, monkeypatch):
    paper = commit(lot)
    paper.listing.household.head_name = "王#eval(“x”)\\ *英*"
    handed = {}
    compiled = typst.compile
    monkeypatch.setattr(typst, "compile", lambda *names, **values: handed.update(values) or compiled(*names, **values))

    pdf = paper_pdf.certificate_pdf(paper, address="https://example.org/papers/x/")

    assert pdf.startswith(b"%PDF-") and len(pdf) > 5_000
    data = json.loads(handed["sys_inputs"]["data"])
    assert dict(data["facts"])["承诺主体"] == "王#eval(“x”)\\ *英*"
    assert dict(data["facts"])["数量（重量）"] == "200 斤（100 公斤）"
    assert data["promises"] == ["未使用禁用的农药、兽药及其他化合物", "使用的常规农药、兽药残留不超标"]
    assert data["title"] == "承诺达标合格证"


def test_a_farmer_makes_one_out_on_the_page_prints_it_and_the_same_form_again_makes_no_second(
    client, lot, xiuying, now
):
    farmer = login(client, xiuying)
    address = reverse("lot-papers", args=[lot.pk])
    form = {"basis": "control", "quantity": "", "idem": farmer.get(address).context["form"].initial["idem"]}

    assert farmer.post(address, form).status_code == 302
    assert farmer.post(address, form).status_code == 302

    [paper] = Paper.objects.all()
    assert paper.quantity == 100_000
    page = farmer.get(address).content.decode()
    assert paper.number in page and "有效" in page
    printed = farmer.get(reverse("paper-print", args=[lot.pk, paper.pk]))
    assert (printed.status_code, printed["Content-Type"]) == (200, "application/pdf")
    assert printed["Cache-Control"] == "private, no-store"


def test_a_wrong_quantity_is_shown_again_with_what_was_typed(client, lot, xiuying, now):
    farmer = login(client, xiuying)
    page = farmer.post(reverse("lot-papers", args=[lot.pk]), {"basis": "own_test", "quantity": "201", "idem": "k"})
    assert page.status_code == 400
    assert 'value="201"' in page.content.decode()
    assert "不能比这批货还多" in page.content.decode()
    assert not Paper.objects.exists()


def test_a_slip_comes_in_with_its_photo_and_a_text_file_is_refused_in_words(client, lot, xiuying, now):
    farmer = login(client, xiuying)
    address = reverse("paper-slip", args=[lot.pk])
    typed = {"kind": "test", "office": "检测站", "number": "7", "issued_on": TODAY.isoformat(), "passed": "yes"}
    refused = farmer.post(address, typed | {"idem": "a", "photo": SimpleUploadedFile("a.jpg", b"hello")})
    assert refused.status_code == 400 and 'value="检测站"' in refused.content.decode()

    assert farmer.post(address, typed | {"idem": "b", "photo": a_slip_photo()}).status_code == 302
    paper = Paper.objects.get()
    assert (paper.kind, paper.facts["office"], paper.file.kind) == ("test", "检测站", "photo")


def test_anybody_may_check_a_code_and_learns_no_name(client, lot, now):
    paper = commit(lot)
    page = client.get(reverse("paper-check", args=[paper.code]))
    words = page.content.decode()
    assert page.status_code == 200 and "是真的，有效" in words
    assert lot.household.head_name not in words and lot.household.phone not in words
    papers.cancel_paper(paper, by=lot.made_by, at=clock.now())
    assert "已经作废" in client.get(reverse("paper-check", args=[paper.code])).content.decode()
    assert client.get(reverse("paper-check", args=["0" * 16])).status_code == 404


def test_a_neighbour_has_no_way_to_another_ones_papers(client, lot, guiying, now):
    paper = commit(lot)
    neighbour = login(client, guiying)
    assert neighbour.get(reverse("lot-papers", args=[lot.pk])).status_code == 404
    assert neighbour.get(reverse("paper-print", args=[lot.pk, paper.pk])).status_code == 404
    assert neighbour.post(reverse("paper-cancel", args=[lot.pk, paper.pk]), {"idem": "z"}).status_code == 404
    paper.refresh_from_db()
    assert paper.status == "valid"


def test_a_code_that_was_never_given_out_is_called_forged(client, db):
    page = client.get(reverse("paper-check", args=["0" * 16]))

    assert page.status_code == 404
    assert "假的：这里从来没有开过这个码的证" in page.content.decode()


@pytest.mark.parametrize(
    ("claimed_kg", "words"), [(0, "是真的，有效"), (40, "最多只管其中 120 斤（60 公斤）"), (100, "已经全部报了损")]
)
def test_a_paper_does_not_vouch_for_what_is_claimed_as_spoiled(client, lot, now, claimed_kg, words):
    paper = commit(lot)
    with past_triggers():
        type(lot).objects.filter(pk=lot.pk).update(claimed=claimed_kg * 1000)

    assert words in client.get(reverse("paper-check", args=[paper.code])).content.decode()
