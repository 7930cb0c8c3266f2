"""Schemes, their rates and their money are registers: each step from draft to end is of two hands."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kernel import near
from kernel.errors import BadValue
from ledger.models import Account
from losses.models import Computation, ReliefScheme, SchemeMoney, SchemeStatus
from losses.selectors import schemes as selectors
from losses.services import claiming, reporting, schemes
from losses.services.scheme_terms import PER_JIN_G
from produce.models import Produce
from records.selectors.policy import DEFAULTS
from registers.models import RegisterChange
from registers.services import changes
from tests.factories import MONDAY, an_organisation, login
from tests.losses.steps import a_lot, a_photo, a_scheme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_nine(now):
    return now


def a_row(finance_bureau, **values):
    return {
        "code": "ZX2026",
        "name": "滞销救助（2026）",
        "legal_basis": "石府办〔2026〕7号",
        "window_from": "2026-01-01",
        "window_to": "2026-12-31",
        "tiers": "脱贫户、边缘易致贫户、一般农户",
        "townships": "",
        "household_cap": 200_000,
        "min_loss_jin": 20,
        "village_days": 5,
        "county_days": 5,
        "payer": finance_bureau.name,
    } | values


def propose(key, by, *rows, document="石府办〔2026〕7号"):
    return changes.propose(key, list(rows), document_number=document, by=by, at=MONDAY)


@pytest.fixture
def drafted(finance_bureau, director_lin, clerk_ma):
    changes.confirm(propose("schemes", director_lin, a_row(finance_bureau)), by=clerk_ma, at=MONDAY)
    return ReliefScheme.objects.get()


@pytest.fixture
def funded(drafted, cabbage, director_lin, clerk_ma, finance_maker, finance_checker):
    rate = {"scheme": drafted.code, "produce": cabbage.name, "category": "B", "rate": 80}
    changes.confirm(propose("scheme-rates", director_lin, rate), by=clerk_ma, at=MONDAY)
    put(drafted, finance_maker, finance_checker)
    return drafted


def put(scheme, maker, checker, *, direction="more", amount=100_000_00, document="石财农〔2026〕8号"):
    row = {"scheme": scheme.code, "direction": direction, "amount": amount}
    return changes.confirm(propose("scheme-money", maker, row, document=document), by=checker, at=MONDAY)


def publish(scheme, by, act="publish"):
    return propose("schemes", by, {"scheme": scheme.pk, "act": act})


def test_a_scheme_is_drafted_priced_funded_and_published_by_two_hands_each(
    funded, director_lin, clerk_ma, xiuying_household, cabbage, finance_maker, finance_checker
):
    assert (funded.status, funded.min_loss_g, funded.tiers) == ("draft", 10_000, ["lifted", "marginal", "ordinary"])
    change = publish(funded, director_lin)
    notes = " ".join(changes.notes_of(change, at=MONDAY))
    assert "1 户" in notes and "100,000.00" in notes and f"{cabbage.name}（收后损失）0.80 元/斤" in notes

    changes.confirm(change, by=clerk_ma, at=MONDAY)

    funded.refresh_from_db()
    assert funded.status == SchemeStatus.PUBLISHED
    rate = funded.rates.get()
    assert (rate.rate_fen, rate.rate_unit_g) == (80, PER_JIN_G)
    booked = SchemeMoney.objects.get()
    assert (booked.by, booked.confirmed_by, booked.document) == (finance_maker, finance_checker, "石财农〔2026〕8号")
    changes.confirm(publish(funded, clerk_ma, "close"), by=director_lin, at=MONDAY)
    funded.refresh_from_db()
    assert funded.status == SchemeStatus.CLOSED


def test_nothing_is_published_without_a_rate_and_money_and_no_rate_comes_later(
    drafted, funded, cabbage, director_lin, clerk_ma
):
    bare = schemes.draft_scheme(
        code="LEER", name="空", legal_basis="1号", window_from=dt.date(2026, 1, 1), window_to=dt.date(2026, 12, 31),
        tiers=["lifted"], household_cap_fen=1, min_loss_g=1, village_days=1, county_days=1, payer=funded.payer,
        by=director_lin, at=MONDAY,
    )  # fmt: skip
    with pytest.raises(schemes.NotReadyToPublish):
        publish(bare, director_lin)
    changes.confirm(publish(funded, director_lin), by=clerk_ma, at=MONDAY)
    with pytest.raises(schemes.SchemeIsPublished):
        row = {"scheme": funded.code, "produce": cabbage.name, "category": "C", "rate": 90}
        propose("scheme-rates", director_lin, row)
    with pytest.raises(BadValue):
        publish(funded, clerk_ma)


def test_money_is_taken_out_no_further_than_it_is_free_and_a_paper_counts_once(
    funded, finance_maker, finance_checker, director_lin
):
    with pytest.raises(schemes.SchemeMoneyNotFree):
        put(funded, finance_maker, finance_checker, direction="less", amount=100_000_01, document="9号")
    put(funded, finance_maker, finance_checker, direction="less", amount=40_000_00, document="9号")

    funded.account.refresh_from_db()
    assert funded.account.available_fen() == 60_000_00
    assert sorted(SchemeMoney.objects.values_list("amount_fen", flat=True)) == [-40_000_00, 100_000_00]
    for stranger in (director_lin, finance_checker):
        with pytest.raises(changes.NotYours):
            put(funded, stranger, finance_checker, document="10号")
    with pytest.raises(schemes.PaperUsed):
        put(funded, finance_maker, finance_checker)


def test_what_is_no_scheme_is_refused_in_words(finance_bureau, bureau, director_lin, pingshan):
    for values in (
        {"code": "一"},
        {"window_to": "2025-12-31"},
        {"window_to": "2026-10-31"},
        {"tiers": "有钱人"},
        {"tiers": ""},
        {"townships": "没有的镇"},
        {"townships": "石城县"},
        {"payer": bureau.name},
    ):
        with pytest.raises(BadValue):
            propose("schemes", director_lin, a_row(finance_bureau, **values))
    assert not RegisterChange.objects.exists()


def test_the_newest_scheme_takes_over_its_produce_and_says_so_before(
    funded, finance_bureau, director_lin, clerk_ma, cabbage
):
    older = a_scheme(finance_bureau, director_lin, cabbage, name="老办法")

    assert any("老办法" in note for note in changes.notes_of(publish(funded, director_lin), at=MONDAY))
    assert older.status == "published"


def test_a_scheme_of_other_townships_relieves_nothing_here(
    finance_bureau, director_lin, cabbage, xiuying, xiuying_household, other_village
):
    lot = a_lot(xiuying_household, cabbage, by=xiuying)
    elsewhere = a_scheme(finance_bureau, director_lin, cabbage, townships=[other_village.parent_id])
    assert selectors.fitting(lot, on=MONDAY.date()) is None
    with pytest.raises(claiming.NotThisTownship):
        reporting.file_claim(
            scheme=elsewhere, goods=lot, cause="unsold", happened_on=MONDAY.date(), quantity=20_000, words="",
            photos=[a_photo(by=xiuying)], by=xiuying, at=MONDAY,
        )  # fmt: skip
    here = a_scheme(finance_bureau, director_lin, cabbage, townships=[xiuying_household.village.parent_id])
    assert selectors.fitting(lot, on=MONDAY.date()) == here


def test_what_was_computed_keeps_the_rate_it_was_computed_by():
    copied = {field.name for field in Computation._meta.fields}

    assert {"rate_fen", "rate_unit_g", "cap_left_fen", "money_left_fen", "lines_fen", "amount_fen"} <= copied


def test_pages_files_and_programs_do_the_same(client, finance_bureau, director_lin, clerk_ma, cabbage, finance_maker):
    login(client, director_lin)
    row = a_row(finance_bureau) | {"household_cap": "2000", "document_number": "7号", "idem": uuid.uuid4().hex}
    sent = client.post(reverse("register-new", args=["schemes"]), row)
    assert sent.status_code == 302, sent.content.decode()
    change = RegisterChange.objects.get()
    page = client.get(reverse("register-change", args=[change.pk])).content.decode()
    assert "全县" in page and "脱贫户" in page
    login(client, clerk_ma)
    client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": "1"})
    scheme = ReliefScheme.objects.get()
    assert scheme.household_cap_fen == 200_000
    book = openpyxl.Workbook()
    for cells in (
        ["办法代码", "农产品", "损失类别", "每斤、每亩或每只多少元"],
        [scheme.code, cabbage.name, "收后损失", "0.80"],
    ):
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    sent = client.post(
        reverse("register-rows", args=["scheme-rates"]),
        {"idem": uuid.uuid4().hex, "document_number": "7号", "file": SimpleUploadedFile("标准.xlsx", out.getvalue())},
    )
    assert sent.status_code == 302, sent.content.decode()
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "a"}}
    login(client, finance_maker)
    body = {"document_number": "8号", "rows": [{"scheme": scheme.code, "direction": "more", "amount": "100"}]}
    proposed = client.post(reverse("api-register-propose", args=["scheme-money"]), body, **send)
    assert proposed.status_code == 201, proposed.json()
    assert client.get(reverse("register-edit", args=["schemes", scheme.pk])).status_code == 403
    login(client, director_lin)
    assert client.get(reverse("register-edit", args=["schemes", scheme.pk])).status_code == 200


def test_what_stands_in_them_is_listed_written_out_and_read_by_programs(client, funded, auditor):
    login(client, auditor)

    for key in ("schemes", "scheme-rates", "scheme-money"):
        for name in ("register", "register-export", "api-register"):
            answer = client.get(reverse(name, args=[key]))
            assert answer.status_code == 200
        assert len(answer.json()["results"]) == 1, key
    assert "草稿" in client.get(reverse("register", args=["schemes"])).content.decode()


def test_whoever_confirms_a_scheme_reads_what_holds_and_what_comes_next(
    client, finance_bureau, director_lin, clerk_ma, cabbage, finance_maker, finance_checker
):
    def confirmed(change):
        login(client, clerk_ma if change.register == "schemes" else finance_checker)
        sent = client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": change.pk.hex}, follow=True)
        return sent.content.decode()

    page = confirmed(propose("schemes", director_lin, a_row(finance_bureau)))
    assert "还不能按它报损失" in page and "救助标准" in page and "救助资金" in page
    rate = {"scheme": "ZX2026", "produce": cabbage.name, "category": "B", "rate": 80}
    changes.confirm(propose("scheme-rates", director_lin, rate), by=clerk_ma, at=MONDAY)
    money = {"scheme": "ZX2026", "direction": "more", "amount": 100_000_00}
    confirmed(propose("scheme-money", finance_maker, money))

    published = {"scheme": str(ReliefScheme.objects.get().pk), "act": "publish"}

    assert "从现在起可以按它报损失" in confirmed(propose("schemes", director_lin, published))


def test_a_file_of_rates_names_the_cell_of_the_produce_nobody_knows(client, drafted, director_lin):
    login(client, director_lin)
    book = openpyxl.Workbook()
    for cells in (
        ["办法代码", "农产品", "损失类别", "每斤、每亩或每只多少元"],
        [drafted.code, "没有的菜", "收后损失", "0.80"],
    ):
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("标准.xlsx", out.getvalue())
    sent = {"idem": uuid.uuid4().hex, "document_number": "7号", "file": file}

    page = client.post(reverse("register-rows", args=["scheme-rates"]), sent).content.decode()

    assert ">B2<" in page and ">A2<" not in page and "没有的菜" in page


def test_the_page_of_a_scheme_says_its_terms_its_rates_and_what_is_left(client, funded, director_lin, cabbage):
    login(client, director_lin)

    page = client.get(reverse("register-edit", args=["schemes", funded.pk])).content.decode()

    for words in (cabbage.name, "0.80", "2,000.00 元", "资金还剩", funded.payer.name):
        assert words in page


def test_a_rate_names_the_produce_by_any_name_of_the_dictionary(drafted, director_lin, clerk_ma, cabbage):
    Produce.objects.filter(pk=cabbage.pk).update(aliases=["卷心菜"])
    near.forget_all()

    rate = {"scheme": drafted.code, "produce": "卷心菜", "category": "B", "rate": 80}
    changes.confirm(propose("scheme-rates", director_lin, rate), by=clerk_ma, at=MONDAY)

    assert drafted.rates.get().produce == cabbage


def test_a_second_scheme_may_say_the_same_rate(funded, finance_bureau, cabbage, director_lin, clerk_ma):
    changes.confirm(publish(funded, director_lin), by=clerk_ma, at=MONDAY)
    changes.confirm(propose("schemes", director_lin, a_row(finance_bureau, code="ZX2027")), by=clerk_ma, at=MONDAY)
    rate = {"scheme": "ZX2027", "produce": cabbage.name, "category": "B", "rate": 80}
    changes.confirm(propose("scheme-rates", director_lin, rate), by=clerk_ma, at=MONDAY)

    assert ReliefScheme.objects.get(code="ZX2027").rates.get().rate_fen == 80


@pytest.mark.parametrize(("typed", "days"), [("", 21), ("45", 45)])
def test_days_until_paid_are_the_schemes_or_those_of_the_county(
    finance_bureau, director_lin, clerk_ma, typed, days, monkeypatch
):
    monkeypatch.setitem(DEFAULTS, "relief_pay_days", 21)
    change = propose("schemes", director_lin, a_row(finance_bureau, pay_days=typed))
    changes.confirm(change, by=clerk_ma, at=MONDAY)

    assert ReliefScheme.objects.get().pay_days == days
    assert ("pay_days", "", str(days)) in [tuple(fact) for row in change.rows.all() for fact in row.facts]


def test_a_draft_says_its_terms_anew_by_two_hands_and_what_is_published_does_not(
    funded, finance_bureau, director_lin, clerk_ma
):
    row = a_row(finance_bureau, mends="yes", name="滞销救助（改）", household_cap=300_000, waiting_days="7")
    change = propose("schemes", director_lin, row)
    told = [tuple(fact) for fact in change.rows.get().facts]
    assert ("household_cap", "2,000.00", "3,000.00") in told and ("code", "ZX2026", "ZX2026") in told
    with pytest.raises(changes.WaitsAlready):
        publish(funded, director_lin)
    changes.confirm(change, by=clerk_ma, at=MONDAY)

    funded.refresh_from_db()
    assert (funded.name, funded.household_cap_fen, funded.waiting_days) == ("滞销救助（改）", 300_000, 7)
    assert (funded.status, funded.rates.count(), funded.account.available_fen()) == ("draft", 1, 100_000_00)
    with pytest.raises(changes.NothingChanges):
        propose("schemes", director_lin, row)
    changes.confirm(publish(funded, director_lin), by=clerk_ma, at=MONDAY)
    with pytest.raises(schemes.SchemeIsPublished):
        propose("schemes", director_lin, row | {"name": "再改"})
    with pytest.raises(schemes.SchemeIsPublished):
        schemes.mend_scheme(funded, {"name": "再改"}, by=clerk_ma, at=MONDAY)
    with pytest.raises(BadValue):
        propose("schemes", director_lin, row | {"code": "MEIYOU"})


@pytest.mark.parametrize("ends", [[], ["close"]])
def test_what_was_published_is_copied_into_a_draft_with_rates_and_papers_and_without_money(
    client, funded, finance_bureau, director_lin, clerk_ma, cabbage, ends
):
    schemes.ask_for_paper(funded, kind="weighed", from_fen=500_00, by=director_lin, at=MONDAY)
    copy = a_row(finance_bureau, code="ZX2027", copies=funded.code)
    with pytest.raises(schemes.SourceIsDraft):
        propose("schemes", director_lin, copy)
    for act in ["publish", *ends]:
        changes.confirm(publish(funded, director_lin, act), by=clerk_ma, at=MONDAY)
    login(client, director_lin)
    page = client.get(reverse("scheme-detail", args=[funded.pk])).content.decode()
    url = f"{reverse('register-new', args=['schemes'])}?copies={funded.code}"
    assert url in page
    form = client.get(url).context["form"]
    asked = {name: form[name].value() for name in form.fields_of_row()} | {"code": "ZX2027"}
    assert (asked["name"], asked["payer"], asked["copies"]) == (funded.name, finance_bureau.name, funded.code)
    rows = [{name: str(value) for name, value in asked.items() if value not in (None, "")}]
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "a"}}
    body = {"document_number": "9号", "rows": rows}
    proposed = client.post(reverse("api-register-propose", args=["schemes"]), body, **send)
    assert proposed.status_code == 201, proposed.json()
    change = RegisterChange.objects.get(pk=proposed.json()["id"])
    notes = " ".join(changes.notes_of(change, at=MONDAY))
    assert cabbage.name in notes and "磅单" in notes
    changes.confirm(change, by=clerk_ma, at=MONDAY)

    draft = ReliefScheme.objects.get(code="ZX2027")
    assert (draft.status, draft.name, draft.min_loss_g) == ("draft", funded.name, funded.min_loss_g)
    assert draft.account_id != funded.account_id and draft.account.available_fen() == 0
    assert (draft.rates.get().terms(), draft.papers.get().from_fen) == (funded.rates.get().terms(), 500_00)
    assert not draft.sums.exists() and funded.rates.count() == 1


def test_whoever_does_not_draft_is_offered_no_copy(client, finance_bureau, director_lin, cabbage, xiuying):
    scheme = a_scheme(finance_bureau, director_lin, cabbage)
    nobody = client.get(reverse("scheme-detail", args=[scheme.pk])).content.decode()
    login(client, xiuying)
    farmer = client.get(reverse("scheme-detail", args=[scheme.pk])).content.decode()

    assert scheme.name in nobody and scheme.name in farmer
    assert "copies=" not in nobody and "copies=" not in farmer


def test_the_page_of_a_draft_leads_to_its_own_words(client, funded, finance_bureau, director_lin):
    login(client, director_lin)
    page = client.get(reverse("register-edit", args=["schemes", funded.pk])).content.decode()
    assert "mends=yes&amp;code=ZX2026" in page

    form = client.get(reverse("register-new", args=["schemes"]), {"mends": "yes", "code": funded.code}).context["form"]

    assert (form["code"].value(), form["mends"].value(), form["name"].value()) == ("ZX2026", "yes", funded.name)


def test_a_rate_of_a_draft_is_corrected_and_struck_by_two_hands(client, funded, cabbage, director_lin, clerk_ma):
    login(client, director_lin)
    stood = funded.rates.get()
    form = client.get(reverse("register-edit", args=["scheme-rates", stood.pk])).context["form"]
    assert (form["rate"].value(), form["basis"].value()) == ("0.80", "kg")
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": "a"}}
    body = {
        "document_number": "9号",
        "change": True,
        "rows": [{"row": str(stood.pk), "act": "correct", "rate": "0.90"}],
    }
    proposed = client.post(reverse("api-register-propose", args=["scheme-rates"]), body, **send)
    assert proposed.status_code == 201, proposed.json()
    change = RegisterChange.objects.get(pk=proposed.json()["id"])
    assert ["rate", "0.80 元/斤", "0.90 元/斤"] in change.rows.get().facts
    changes.confirm(change, by=clerk_ma, at=MONDAY)
    assert funded.rates.get().rate_fen == 90
    row = {"row": str(funded.rates.get().pk), "act": "strike"}
    with pytest.raises(BadValue):
        propose("scheme-rates", director_lin, row | {"row": str(stood.pk)})
    waiting = publish(funded, director_lin)
    with pytest.raises(changes.WaitsAlready):
        propose("scheme-rates", director_lin, row)
    changes.withdraw(waiting, by=director_lin, at=MONDAY)
    changes.confirm(propose("scheme-rates", director_lin, row), by=clerk_ma, at=MONDAY)

    assert not funded.rates.exists() and type(stood)._base_manager.filter(scheme=funded).count() == 2
    with pytest.raises(schemes.NotReadyToPublish):
        publish(funded, director_lin)


def test_a_paper_of_a_draft_is_corrected_and_struck_and_of_a_published_scheme_stays(funded, director_lin, clerk_ma):
    said = {"kind": "weighed", "brought_by": "household", "form": "photo"}
    changes.confirm(propose("scheme-papers", director_lin, said | {"scheme": funded.code}), by=clerk_ma, at=MONDAY)
    asks = {"row": str(funded.papers.get().pk), "act": "correct", "brought_by": "village", "form": "photo"}
    changes.confirm(propose("scheme-papers", director_lin, asks | {"from_amount": 500_00}), by=clerk_ma, at=MONDAY)
    paper = funded.papers.get()
    assert (paper.kind, paper.brought_by, paper.from_fen) == ("weighed", "village", 500_00)
    row = {"row": str(paper.pk), "act": "strike"}
    changes.confirm(propose("scheme-papers", director_lin, row), by=clerk_ma, at=MONDAY)
    assert not funded.papers.exists()
    changes.confirm(publish(funded, director_lin), by=clerk_ma, at=MONDAY)

    with pytest.raises(schemes.SchemeIsPublished):
        propose("scheme-rates", director_lin, {"row": str(funded.rates.get().pk), "act": "strike"})
    with pytest.raises(schemes.SchemeIsPublished):
        schemes.strike(funded.rates.get(), by=clerk_ma, at=MONDAY)


def test_a_sum_of_a_draft_is_struck_and_its_paper_counts_anew(
    client, funded, finance_maker, finance_checker, director_lin, clerk_ma
):
    login(client, finance_maker)
    stood = funded.sums.get()
    page = client.get(reverse("register-edit", args=["scheme-money", stood.pk])).content.decode()
    assert "100,000.00" in page and stood.document in page
    row = {"row": str(stood.pk)}
    with pytest.raises(changes.NotYours):
        propose("scheme-money", director_lin, row)
    changes.confirm(propose("scheme-money", finance_maker, row), by=finance_checker, at=MONDAY)
    assert not funded.sums.exists() and Account.objects.get(pk=funded.account_id).available_fen() == 0
    put(funded, finance_maker, finance_checker, amount=90_000_00)
    put(funded, finance_maker, finance_checker, amount=40_000_00, direction="less", document="9号")
    taken = {"row": str(funded.sums.get(document="9号").pk)}
    with pytest.raises(schemes.SchemeMoneyNotFree):
        propose("scheme-money", finance_maker, {"row": str(funded.sums.get(amount_fen=90_000_00).pk)})
    changes.confirm(propose("scheme-money", finance_maker, taken), by=finance_checker, at=MONDAY)
    assert Account.objects.get(pk=funded.account_id).available_fen() == 90_000_00
    changes.confirm(publish(funded, director_lin), by=clerk_ma, at=MONDAY)

    with pytest.raises(schemes.SchemeIsPublished):
        propose("scheme-money", finance_maker, {"row": str(funded.sums.get().pk)})


def test_another_office_pays_a_draft_only_while_there_is_no_money_behind_it(
    drafted, finance_bureau, director_lin, clerk_ma, finance_maker, finance_checker
):
    other = an_organisation("finance", "第二财政所", finance_bureau.place)
    row = a_row(finance_bureau, mends="yes", payer=other.name)
    money = {"scheme": drafted.code, "direction": "more", "amount": 100_00}
    waiting = propose("scheme-money", finance_maker, money)
    with pytest.raises(BadValue, match=finance_bureau.name):
        propose("schemes", director_lin, row)
    changes.confirm(waiting, by=finance_checker, at=MONDAY)
    with pytest.raises(BadValue, match=finance_bureau.name):
        propose("schemes", director_lin, row)
    struck = propose("scheme-money", finance_maker, {"row": str(drafted.sums.get().pk)})
    changes.confirm(struck, by=finance_checker, at=MONDAY)

    changes.confirm(propose("schemes", director_lin, row), by=clerk_ma, at=MONDAY)

    drafted.refresh_from_db()
    assert drafted.payer == other
