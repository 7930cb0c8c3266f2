"""Purchase plans of the small county of the guards: approved, listed, put on notice, and what they stand under."""

from canteens.models import PlanRequirement, PurchasePlan, UnionAllowance, UnionRule
from canteens.services import menus, plan_quotes, publicity, purchase_plans, signed_lists, union_members
from canteens.services.plan_goods import Goods
from produce.models import Produce
from records.services import notices
from tests import factories
from tests.factories import MONDAY
from tests.orders.steps import a_stored_photo

DAY = MONDAY.date()


def planned(fund) -> PurchasePlan:
    """Approve two plans of a purse; return the second, which says how much for each member."""
    chef, chair = (
        factories.a_user("邹师傅", "buyer", fund.organisation),
        factories.a_user("段主席", "union_chair", fund.organisation),
    )
    purchase_plans.approve_plan(factories.a_purchase_plan(fund, by=chef), by=chair, at=MONDAY)
    sums = {"year_fen": 2_000_00, "festival_fen": 300_00, "apart_fen": 500_00}
    rule = UnionRule.objects.create(
        place=fund.organisation.place, document="工发〔2026〕3号", counts_unplanned=True, from_on=DAY, **sums
    )
    treasurer = factories.a_user("周会计", "union_treasurer", fund.organisation)
    days = {"on": DAY, "document_number": "5号", "by": treasurer, "at": MONDAY}
    UnionAllowance.objects.create(
        fund=fund, rule=rule, lifts="festival", turn=1, more_fen=10_00, until_on=DAY, why="抗疫慰问", document="8号",
        by=treasurer, confirmed_by=chair, at=MONDAY,
    )  # fmt: skip
    listed = [
        union_members.ListedMember(f"{family}{given}")
        for family in "赵钱孙李周吴郑王"
        for given in "甲乙丙丁戊己庚辛壬癸"
    ]
    row = union_members.propose_list(fund.organisation, listed, **days)
    union_members.enter_list(row, by=chair, at=MONDAY)
    union_members.propose_list(fund.organisation, listed, **days)
    eggs = menus.Dish("青椒炒蛋", (menus.Part("青椒", 40),))
    menus.publish_menu(fund.organisation, DAY, {0: menus.Cooked(900, (eggs,))}, by=chef, at=MONDAY)
    ended, other = (
        factories.a_purchase_plan(fund, by=chef, kind="event", record=record, fen=80_00, per_head_fen=1_00)
        for record in ("14号", "15号")
    )
    cabbage = Goods(produce_id=Produce.objects.get(code="cabbage").pk, quantity_g=500_000, ceiling_fen=1_00)
    goods = (cabbage, Goods(category_id="vegetable"))
    capped = factories.a_purchase_plan(fund, by=chef, record="13号", per_head_fen=20_00, goods=goods)
    for plan in (ended, other, capped):
        purchase_plans.approve_plan(plan, by=chair, at=MONDAY)
    _signed_for(ended, capped, treasurer, chair)
    _of_a_size(fund, chef, chair)
    return PurchasePlan.objects.get(pk=capped.pk)


def _of_a_size(fund, chef, chair) -> None:
    """Put a plan on public notice and give it a quote, as its size asks; it waits, as does another that lacks both."""
    PlanRequirement.objects.create(
        place=fund.organisation.place,
        document="石财购〔2026〕7号",
        fund_kind="union",
        from_fen=10_000_00,
        notice_days=3,
        quotes=1,
        needs_project=True,
        from_on=DAY,
    )
    waiting, _bare = (
        factories.a_purchase_plan(
            fund, by=chef, kind="season", occasion="秋季", record=record, fen=10_000_00, project_number="4号"
        )
        for record in ("16号", "17号")
    )
    notice = publicity.put_on_notice(waiting, publicity.Intent("大米", "合作社", 46), by=chef, at=MONDAY)
    row = notices.object_to(notice.lines.get(), words="太贵", contact="", at=MONDAY)
    publicity.answer_objection(row, upheld=False, answer="比过价", by=chair, at=MONDAY)
    plan_quotes.add_quote(waiting, "甲店", 9_000_00, a_stored_photo(chef, MONDAY), by=chef, at=MONDAY)


def _signed_for(ended, capped, treasurer, chair) -> None:
    """Keep the signed list of a plan of which nobody took anything, and close it; keep one that is half signed."""
    hands = {"by": treasurer, "at": MONDAY}
    row = signed_lists.open_list(ended, "大米", **hands)
    every = tuple(row.lines.values_list("number", flat=True))
    signed_lists.answer_lines(row, signed_lists.Answer("refused", every, reason="活动取消"), **hands)
    purchase_plans.close_plan(ended, by=chair, at=MONDAY)
    row = signed_lists.open_list(capped, "大米", **hands)
    photo = signed_lists.add_photo(row, a_stored_photo(treasurer, MONDAY), **hands)
    signed_lists.answer_lines(row, signed_lists.Answer("got", (1, 2), photo=photo.pk), **hands)
    signed_lists.add_names(row, "候晚到", **hands)
