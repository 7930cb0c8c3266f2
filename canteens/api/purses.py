"""Purses for a buyer's programs: how each stands, what moved it, and its budget by two hands."""

import datetime as dt
from typing import Any

from django.templatetags.static import static
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from canteens import permissions, selectors, services
from canteens.models import BudgetChange, Fund, FundKind
from canteens.pages.funds import classes_url
from canteens.pages.union_year import MOST_PLANS, Goods, goods_of_year
from canteens.selectors.purchase_plans import PlanOfYear, plans_of_year
from canteens.selectors.unions import UnionYear, union_year
from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page
from records.doors import act_for_program, program_acts_on

MOST_DIGITS = 80


class FundOut(serializers.Serializer):
    """One purse, and how it stands: `budget = used + held + left`."""

    id = IdField(source="pk")
    organisation = serializers.CharField(source="organisation.name")
    kind = serializers.CharField()
    name = serializers.CharField(help_text="tells several of one kind apart; empty where there is one")
    fiscal_year = serializers.IntegerField()
    on_credit = serializers.BooleanField(help_text="its budget is a credit limit; else it is prepaid")
    donor_document = serializers.CharField(help_text="of a donation, by which paper the donor gave it; else empty")
    budget = serializers.SerializerMethodField()
    used = serializers.SerializerMethodField()
    held = serializers.SerializerMethodField()
    left = serializers.SerializerMethodField()

    @extend_schema_field(YuanField)
    def get_budget(self, fund: Fund) -> str:
        """Return what was put in, less what was taken out, in yuan."""
        return _yuan(selectors.figures(fund).budget_fen)

    @extend_schema_field(YuanField)
    def get_used(self, fund: Fund) -> str:
        """Return what was accepted, in yuan."""
        return _yuan(selectors.figures(fund).spent_fen)

    @extend_schema_field(YuanField)
    def get_held(self, fund: Fund) -> str:
        """Return what orders hold, in yuan."""
        return _yuan(selectors.figures(fund).held_fen)

    @extend_schema_field(YuanField)
    def get_left(self, fund: Fund) -> str:
        """Return what may still be ordered, in yuan."""
        return _yuan(selectors.figures(fund).left_fen)


class PictureOut(serializers.Serializer):
    """One produce that orders take: its name, and the picture that the pages draw of it."""

    name = serializers.CharField()
    picture = serializers.SerializerMethodField()

    def get_picture(self, goods: Goods) -> str:
        """Return the address of the picture."""
        return static(f"img/produce/{goods.picture or 'basket'}.svg")


class PlanOfYearOut(serializers.Serializer):
    """One plan of the year: what each member gets, the goods its orders take, and how many have signed for them."""

    plan = IdField(source="plan.pk")
    occasion = serializers.CharField(source="plan.occasion")
    given = serializers.CharField(source="goods", help_text="as its signed list says it; empty where there is none")
    goods = serializers.SerializerMethodField()
    signed = serializers.IntegerField(allow_null=True, help_text="null: no list is kept")
    missing = serializers.IntegerField(source="open", help_text="how many have not answered yet")

    @extend_schema_field(PictureOut(many=True))
    def get_goods(self, row: PlanOfYear) -> Any:
        """Return what the orders on the plan take, each produce once."""
        return PictureOut(self.context["goods"].get(row.plan.pk, []), many=True).data


class AllowedOut(serializers.Serializer):
    """What may be done beyond one part of the rule, until a day."""

    part = serializers.CharField()
    more = YuanField(source="more_fen")
    until_on = DayField()
    document = serializers.CharField()


class UnionYearOut(serializers.Serializer):
    """The year of a union's purse beside the rule of today; what its plans cost is asked of the plans."""

    members = serializers.IntegerField()
    rule = serializers.CharField(source="rule.document", default=None, allow_null=True)
    planned = YuanField(source="planned_fen", help_text="inside the ordinary ceiling; of closed plans what was taken")
    unplanned = YuanField(source="unplanned_fen", help_text="ordered on no plan, as far as the rule counts it")
    most = serializers.SerializerMethodField()
    most_festival = serializers.SerializerMethodField()
    allowed = serializers.SerializerMethodField()
    apart = YuanField(source="apart_fen", help_text="planned outside the ordinary ceiling")
    most_apart = serializers.SerializerMethodField()
    plans = serializers.SerializerMethodField()

    @extend_schema_field(YuanField(allow_null=True))
    def get_most(self, year: UnionYear) -> str | None:
        """Return what the rule lets the year come to, in yuan."""
        return _yuan(year.most_fen(apart=False))

    @extend_schema_field(YuanField(allow_null=True))
    def get_most_apart(self, year: UnionYear) -> str | None:
        """Return what the rule lets the year come to outside the ordinary ceiling, in yuan."""
        return _yuan(year.most_fen(apart=True))

    @extend_schema_field(YuanField(allow_null=True))
    def get_most_festival(self, year: UnionYear) -> str | None:
        """Return what each member may be given on one occasion, in yuan."""
        return _yuan(year.festival_fen())

    @extend_schema_field(AllowedOut(many=True))
    def get_allowed(self, year: UnionYear) -> Any:
        """Return what may be done beyond the rule today; `most` has it in it."""
        return AllowedOut(year.allowed.values(), many=True).data

    @extend_schema_field(PlanOfYearOut(many=True))
    def get_plans(self, year: UnionYear) -> Any:
        """Return the plans by their days, but those refused or taken back."""
        rows = plans_of_year(self.context["fund"], MOST_PLANS)
        goods = goods_of_year([row.plan.pk for row in rows])
        return PlanOfYearOut(rows, many=True, context={"goods": goods}).data


class OneFundOut(FundOut):
    """One purse, of a union with its year."""

    year = serializers.SerializerMethodField()
    classes = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField)
    def get_classes(self, fund: Fund) -> str:
        """Return where the sums of the year by class of goods stand; empty for other years and readers."""
        return classes_url(fund, self.context["user"], clock.county_day(clock.now()), "api-class-list")

    @extend_schema_field(UnionYearOut(allow_null=True))
    def get_year(self, fund: Fund) -> Any:
        """Return the year of a union's purse; of others there is none."""
        if fund.kind != FundKind.UNION:
            return None
        return UnionYearOut(union_year(fund, clock.county_day(clock.now())), context={"fund": fund}).data


class FundPageOut(PageOut):
    """One page of purses."""

    results = FundOut(many=True)


class EntryOut(serializers.Serializer):
    """One movement of a purse, by how much it changed what, and how the purse stood after it."""

    id = IdField(source="pk")
    at = serializers.DateTimeField()
    reference = serializers.CharField()
    budget_by = YuanField()
    held_by = YuanField()
    used_by = YuanField()
    budget = YuanField(source="budget_fen")
    held = YuanField(source="held_fen")
    used = YuanField(source="used_fen")


class EntryPageOut(PageOut):
    """One page of movements."""

    results = EntryOut(many=True)


class BudgetOut(serializers.Serializer):
    """Money to put into a purse, or with a minus to take out, and whether a second person said so."""

    id = IdField(source="pk")
    fund = IdField(source="fund_id")
    amount = YuanField(source="amount_fen")
    gives_back = serializers.BooleanField(help_text="paid: the credit limit is free again by it")
    document_number = serializers.CharField()
    status = serializers.CharField()


class Funds(APIView):
    """The purses one may look into."""

    @extend_schema(parameters=PAGING, responses=FundPageOut, operation_id="fund_list")
    def get(self, request: SignedInCall) -> Response:
        """List purses, each with how it stands."""
        return answer_page(selectors.funds_seen_by(request.user), FundOut, request=request, view=self)


class OneFund(APIView):
    """One purse."""

    @extend_schema(responses=OneFundOut, operation_id="fund_detail")
    def get(self, request: SignedInCall, fund_id: int) -> Response:
        """Return how a purse stands now."""
        fund = permissions.access_fund(request.user, fund_id)
        return Response(OneFundOut(fund, context={"user": request.user}).data)


class Entries(APIView):
    """What moved a purse."""

    @extend_schema(parameters=PAGING, responses=EntryPageOut, operation_id="fund_entries")
    def get(self, request: SignedInCall, fund_id: int) -> Response:
        """List every movement of a purse, the newest first, with how it stood after it."""
        fund = permissions.access_fund(request.user, fund_id)
        return answer_page(selectors.purse_entries(fund), EntryOut, request=request, view=self)


class Budget(APIView):
    """More or less budget."""

    class BudgetIn(serializers.Serializer):
        """How much is put in or taken out, and on which document."""

        direction = serializers.ChoiceField(
            choices=("more", "less", "back"), help_text="back: paid, so that a credit limit is free again by it"
        )
        amount = YuanField()
        document_number = serializers.CharField(max_length=MOST_DIGITS)

    @extend_schema(request=BudgetIn, responses={201: BudgetOut}, parameters=[KEY], operation_id="fund_budget")
    def post(self, request: SignedInCall, fund_id: int) -> Response:
        """Propose to put money into a purse, or to take it out; a second person confirms it."""
        fund = permissions.access_fund_to_fill(request.user, fund_id)
        asked = read_input(self.BudgetIn, request)

        def act(at: dt.datetime) -> dict[str, int]:
            fen, back = asked["amount"], asked["direction"] == "back"
            fen = -fen if asked["direction"] == "less" else fen
            number = asked["document_number"]
            change = services.propose_budget(fund, fen, number, gives_back=back, by=request.user, at=at)
            return {"budget": change.pk}

        return _budget(act_for_program(request, asked, act)["budget"], status=201)


class ConfirmBudget(APIView):
    """The second hand."""

    @extend_schema(request=None, responses=BudgetOut, parameters=[KEY], operation_id="budget_confirm")
    def post(self, request: SignedInCall, budget_id: int) -> Response:
        """Confirm a proposed budget as the second person: the money is in the purse, or out of it."""
        change = permissions.access_budget_to_decide(request.user, budget_id)
        program_acts_on(request, services.confirm_budget, change)
        return _budget(change.pk)


class RefuseBudget(APIView):
    """A document that does not say so."""

    class BudgetRefusalIn(serializers.Serializer):
        """What does not match."""

        why = serializers.CharField(max_length=200)

    @extend_schema(request=BudgetRefusalIn, responses=BudgetOut, parameters=[KEY], operation_id="budget_refuse")
    def post(self, request: SignedInCall, budget_id: int) -> Response:
        """Refuse a proposed budget, saying what does not match; the purse stays as it is."""
        change = permissions.access_budget_to_decide(request.user, budget_id)
        program_acts_on(request, services.refuse_budget, change, self.BudgetRefusalIn)
        return _budget(change.pk)


def _budget(budget_id: int, status: int = 200) -> Response:
    return Response(BudgetOut(BudgetChange.objects.get(pk=budget_id)).data, status=status)


def _yuan(fen: int | None) -> Any:
    return None if fen is None else YuanField().to_representation(fen)
