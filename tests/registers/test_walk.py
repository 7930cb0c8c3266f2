"""docs/opening-a-county.md, walked over HTTP: an empty database, three files, and everything after by two hands."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Household, RegisterFile, User
from canteens.models import Fund
from catalog.models import Listing
from ledger.models import Payment
from losses.models import ReliefScheme
from marketplace.audit import breaches
from orders.models import PurchaseOrder
from orders.tasks import ask_waiting
from registers.models import RegisterChange
from registers.tasks import write_changes
from tests import factories
from tests.journeys.browsing import Person
from tests.registers.county_files import LIANXI, PEOPLE, PLACES, YUNLING, of_county, open_with, people_file
from tests.registers.test_pages import a_file, ask, read
from tests.trips import statements_of, trip_of

pytestmark = pytest.mark.django_db


def account(name):
    return next(user for user in User.objects.select_related("person") if user.person.name == name)


class Clerks:
    """Those who open the county, each at the own desk."""

    def __init__(self, client, now):
        self.client, self.now, self.number = client, now, 800

    def bring(self, register, first, second, *rows):
        """Fill in the file of a register as its first hand and confirm it as the second."""
        factories.login(self.client, account(first))
        empty = self.client.get(reverse("register-empty-file", args=[register]))
        head = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(empty.content)).worksheets[0][1]]
        assert all(set(row) <= set(head) for row in rows), head
        lines = [[row.get(column, "") for column in head] for row in rows]
        sent = ask(self.client, "register-rows", register, file=a_file(head, *lines))
        assert sent.status_code == 302, sent.content.decode()
        self.confirm(second)

    def propose(self, register, first, second, **typed):
        """Fill in the page of a register as its first hand and confirm it as the second."""
        factories.login(self.client, account(first))
        sent = ask(self.client, "register-new", register, **typed)
        assert sent.status_code == 302, sent.content.decode()
        self.confirm(second)

    def confirm(self, second):
        """Find what waits on the own first page and confirm it."""
        factories.login(self.client, account(second))
        change = RegisterChange.objects.get(status="proposed")
        assert str(change.pk) in read(self.client, "home")
        said = self.client.post(reverse("register-change-confirm", args=[change.pk]), {"idem": change.pk.hex})
        write_changes()  # as every 15 seconds: what had many rows
        change.refresh_from_db()
        assert change.status == "confirmed", said.content.decode()

    def post(self, name, organisation, role):
        """Return a row of the file of posts."""
        self.number += 1
        return {
            "姓名": name,
            "身份证号": factories.an_id_number(self.number),
            "手机号": f"1380099{self.number:04d}",
            "单位": organisation,
            "岗位": role,
            "从哪天起": self.now.at.date().isoformat(),
        }


def register_everything(desks: Clerks, county):
    """Steps 1 to 8 of the guide: what two hands enter."""
    bureau, office, school = f"{county.name}农业农村局", f"{county.name}人民政府办公室", f"{county.name}第二中学"
    finance, relief = f"{county.name}财政局", f"{county.name}扶贫办公室"
    new_village = county.new_village.removesuffix("委会")
    # 1 and 2
    desks.bring(
        "posts", "邬晓安", "钟国栋",
        desks.post("马春林", bureau, "农业农村局审批人"), desks.post("幸卫东", office, "系统管理员"),
    )  # fmt: skip
    village = {"代码": f"{county.code}101202", "级别": "村", "上级": county.township, "名称": county.new_village}
    desks.bring("places", "幸卫东", "马春林", village | {"启用日期": "2020-01-01"})
    desks.bring("channels", "林国强", "马春林", county.new_channel)
    # 3
    desks.bring(
        "organisations", "林国强", "马春林",
        {"名称": finance, "类别": "财政局", "所在地": county.name},
        {"名称": relief, "类别": "扶贫办公室", "所在地": county.name},
        {"名称": f"{new_village}民委员会", "类别": "村民委员会", "所在地": f"{county.township}{new_village}"},
        {"名称": school, "类别": "采购单位", "采购渠道": county.buyer_channel, "所在地": county.township},
    )  # fmt: skip
    # 4 and 5
    desks.bring(
        "posts", "邬晓安", "钟国栋",
        desks.post("何晓东", bureau, "农业农村局核查员"), desks.post("许文静", bureau, "农业农村局核查员"),
        desks.post("廖文清", relief, "扶贫办经办"), desks.post("肖丽华", relief, "扶贫办经办"),
        desks.post("高建平", finance, "财政经办"), desks.post("邓丽萍", finance, "财政复核"),
        desks.post("谢校长", school, "单位负责人"), desks.post("罗师傅", office, "运货司机"),
    )  # fmt: skip
    staff = {"陈春香": "食堂采购员", "彭志远": "食堂审批人", "王保生": "验收员", "孙丽华": "验收员"}
    staff |= {"周明德": "工会会计", "谭玉梅": "工会主席"}
    desks.bring("posts", "邬晓安", "谢校长", *(desks.post(name, school, role) for name, role in staff.items()))
    # 6
    tomorrow = (desks.now.at.date() + dt.timedelta(days=1)).isoformat()
    desks.propose("policies", "林国强", "马春林", name="payment_days", value="20", from_on=tomorrow)
    typed = {"fund_kind": "union", "amount": county.tier_yuan, "rule": "食堂审批人审批", "from_on": tomorrow}
    desks.propose("approval-tiers", "林国强", "马春林", **typed)
    next_year = desks.now.at.year + 1
    days = [dt.date(next_year, 1, 1) + dt.timedelta(days=n) for n in range(365)]
    rows = ({"日期": day.isoformat(), "是工作日吗": "是" if day.weekday() < 5 else "否"} for day in days)
    desks.bring("calendar", "林国强", "马春林", *rows)
    # 7
    eats = {
        "采购单位": school,
        "就餐方式": "自办食堂",
        "就餐人数": "800",
        "工会会员人数": "96",
        "收货地址": "人民路1号",
    }
    desks.bring("canteens", "廖文清", "林国强", eats | {"是预算单位吗": "是"})
    # 8
    for year in (desks.now.at.year, next_year):
        purse = {"采购单位": school, "经费类别": "工会经费", "年度": str(year)}
        desks.bring("funds", "周明德", "谭玉梅", purse)
    treasurer, chair = Person(account("周明德")), Person(account("谭玉梅"))
    fund = Fund.objects.get(fiscal_year=desks.now.at.year)
    treasurer.open(f"/funds/{fund.pk}/budget/")
    treasurer.press("amount", direction="more", amount="5000", document_number="工会〔2026〕3号")
    chair.open(f"/funds/{fund.pk}/")
    chair.press("/confirm/")
    fund.account.refresh_from_db()
    assert fund.account.available_fen() == 5_000_00, chair.page.words


def publish_scheme(desks: Clerks, county):
    """Step 10: a relief scheme with its rates and its money, published."""
    year = desks.now.at.year
    scheme = {
        "code": "JZ1", "name": "滞销损失救助", "legal_basis": "县救助办法", "window_from": f"{year}-01-01",
        "window_to": f"{year + 1}-12-31", "tiers": "脱贫户、一般农户", "townships": "", "household_cap": "2000",
        "min_loss_jin": "20", "village_days": "5", "county_days": "5", "payer": f"{county.name}财政局",
    }  # fmt: skip
    desks.propose("schemes", "林国强", "马春林", **scheme)
    rate = {"scheme": "JZ1", "produce": "包菜", "category": "B", "rate": "0.80"}
    desks.propose("scheme-rates", "林国强", "马春林", **rate)
    desks.propose("scheme-money", "高建平", "邓丽萍", scheme="JZ1", direction="more", amount="100000")
    factories.login(desks.client, account("林国强"))
    row = ReliefScheme.objects.get()
    sent = ask(desks.client, "register-edit", "schemes", row.pk, scheme=row.pk, act="publish")
    assert sent.status_code == 302, sent.content.decode()
    desks.confirm("马春林")
    row.refresh_from_db()
    assert row.status == "published"


def register_household(desks: Clerks, county) -> Household:
    """Step 9: a household from a file, and its card by two clerks."""
    client = desks.client
    head = "户主姓名,身份证号,联系电话,家庭人口,户类型,村代码"
    line = f"黄秀英,{factories.an_id_number(901)},13800990901,4,脱贫户,{county.code}101202"
    factories.login(client, account("廖文清"))
    brought = SimpleUploadedFile("农户.csv", f"{head}\n{line}\n".encode())
    assert client.post(reverse("household-import"), {"file": brought, "act": "propose"}).status_code == 302
    factories.login(client, account("肖丽华"))
    client.post(reverse("register-file-confirm", args=[RegisterFile.objects.get().pk]), {"idem": "c"})
    household = Household.objects.get()
    assert household.village.name == county.new_village
    card = {
        "owner": household.number,
        "holder": "黄秀英",
        "number": factories.a_card_number(770_901),
        "bank": "农商银行",
    }
    desks.propose("cards", "廖文清", "肖丽华", **card, lost="no")
    return household


def sell_and_pay(now, county, household: Household):
    """What the county is for: a lot is listed, ordered, approved where the county asks it, weighed and paid."""
    farmer, chef = Person(account("黄秀英")), Person(account("陈春香"))
    farmer.open("/sell/")
    farmer.follow("/produce/")
    farmer.press("produce", produce="cabbage")
    page = farmer.press("quantity_0", quantity_0="200", quantity_1="jin", price="0.80")
    assert page.path.endswith("/receipt/"), page.words
    farmer.open(f"/goods/{Listing.objects.get().pk}/papers/")
    farmer.press("basis", basis="control")

    chef.open("/orders/new/")
    tomorrow = now.at.date() + dt.timedelta(days=1)
    chef.press("quantity_0", produce="cabbage", quantity_0="60", quantity_1="kg", on=tomorrow.isoformat())
    chef.press("plan", do="keep")
    chef.press("idem")
    order = PurchaseOrder.objects.get()
    assert order.needs_approval is county.asks_approval
    for waiting in PurchaseOrder.objects.filter(needs_approval=True):
        approve(waiting)
    ask_waiting()
    farmer.open("/")
    farmer.press("/confirm/")
    driver = Person(account("罗师傅"))
    driver.open(f"/orders/{order.pk}/ship/")
    driver.press("driver", driver="罗师傅")
    scale, second = Person(account("王保生")), Person(account("孙丽华"))
    scale.open(f"/deliveries/{trip_of(order).pk}/accept/")
    scale.press("gross", gross="62", tare="2", reason="")
    receipt = trip_of(order).receipts.get()
    second.open(f"/receipts/{receipt.pk}/sign/")
    second.press("idem")
    statement = statements_of(order).get()
    treasurer, chair = Person(account("周明德")), Person(account("谭玉梅"))
    treasurer.open(f"/statements/{statement.pk}/pay/")
    treasurer.press("voucher_number", voucher_number="20261125000123")
    chair.open(f"/statements/{statement.pk}/pay/confirm/")
    chair.press("idem", to=f"/statements/{statement.pk}/pay/confirm/")
    payment = Payment.objects.get()
    assert (payment.status, payment.amount_fen) == ("paid", 96_00)
    assert farmer.open("/").says("96.00")


def approve(order):
    """Approve as the second person of the school."""
    approver = Person(account("彭志远"))
    approver.open(f"/orders/{order.pk}/")
    approver.press("/approve/")


@pytest.mark.parametrize(
    "county",
    [pytest.param(LIANXI, id="one-county"), pytest.param(YUNLING, id="another-county", marks=pytest.mark.gates)],
)
def test_the_guide_to_opening_a_county_is_walked(client, tmp_path, now, capsys, county):
    people = [of_county(line, county) for line in PEOPLE]
    open_with(tmp_path, places=of_county(PLACES, county), channels=county.channels, people=people_file(*people))
    desks = Clerks(client, now)
    assert "开县完成" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        call_command("check_county")
    assert len(capsys.readouterr().out.splitlines()) > 5  # an empty county lacks much, and says it

    register_everything(desks, county)
    household = register_household(desks, county)
    publish_scheme(desks, county)
    call_command("check_county")
    assert capsys.readouterr().out == "什么都不缺。\n"
    now.at += dt.timedelta(days=3)  # the card is in force, and so are the county's own tiers
    sell_and_pay(now, county, household)

    assert Person(account("黄秀英")).open(f"/schemes/{ReliefScheme.objects.get().pk}/").says("滞销损失救助", "包菜")

    report = Person(account("严正华")).open("/reports/sales/")
    assert report.says(county.name, county.township, county.buyer_channel, "96.00"), report.words
    assert breaches() == []
