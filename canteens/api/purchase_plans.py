"""Purchase plans for programs: sent, decided, taken back, closed, as on the pages."""

import datetime as dt
from typing import Any, cast

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from canteens import permissions
from canteens.api.plan_goods import PlanGoodsIn, PlanGoodsOut, goods_in
from canteens.filters import PurchasePlanFilter
from canteens.models import MOST_GOODS, PlanGoods, PurchasePlan, PurchasePlanKind, PurchasePlanStatus
from canteens.selectors.deputies import Asked
from canteens.selectors.plan_deciders import asked_for
from canteens.selectors.plan_goods import goods_of_plans
from canteens.selectors.plan_requirements import readiness
from canteens.selectors.purchase_plans import plans_seen_by
from canteens.services import purchase_plans
from canteens.services.plan_drafts import drop_sent
from canteens.services.plan_requirements import lacking
from canteens.services.signed_lists import LONGEST_WORDS
from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program, parameters_of
from records.doors import act_for_program, program_acts_on


class PlanList(serializers.ListSerializer):
    """Many plans; for whom they wait and what goods they name is read at once."""

    def to_representation(self, data: Any) -> list[Any]:
        """Write all plans, with whom they wait for and their goods."""
        rows = list(data)
        child = cast(PurchasePlanOut, self.child)
        child.asked = asked_for(rows, clock.county_day(clock.now()))
        child.named = goods_of_plans(plan.pk for plan in rows)
        return super().to_representation(rows)


class AskedOut(serializers.Serializer):
    """Somebody who may decide a plan now."""

    name = serializers.CharField()
    post = serializers.CharField(help_text="as roles are named")
    deputy_of = serializers.CharField(source="for_name", help_text="empty for who holds the post")


class PurchasePlanOut(serializers.Serializer):
    """One purchase plan."""

    class Meta:
        """Many of them are read together."""

        list_serializer_class = PlanList

    asked: dict[int, list[Asked]] | None = None
    named: dict[int, list[PlanGoods]] | None = None
    id = IdField(source="pk")
    buyer = serializers.CharField(source="organisation.name")
    fund = IdField(source="fund_id")
    fund_name = serializers.CharField(source="fund.label")
    kind = serializers.ChoiceField(PurchasePlanKind.choices)
    occasion = serializers.CharField()
    total = YuanField(source="total_fen")
    per_head = YuanField(source="per_head_fen", allow_null=True, help_text="of a union's money, for each member")
    apart = serializers.BooleanField(help_text="of a union's money, outside the ordinary ceiling of the year")
    members = serializers.IntegerField(allow_null=True, help_text="of the union, counted at approval")
    held = YuanField(source="held_fen", help_text="of goods its orders still wait for")
    accepted = YuanField(source="accepted_fen", help_text="of goods taken, less what went back")
    left = YuanField(source="left_fen", help_text="what may still be ordered on it")
    goods = serializers.SerializerMethodField()
    from_on = DayField()
    to_on = DayField()
    committee_record = serializers.CharField()
    project_number = serializers.CharField()
    rule = serializers.CharField(
        source="requirement.document", default=None, allow_null=True, help_text="for plans of this size"
    )
    notice = serializers.CharField(source="notice.number", default=None, allow_null=True)
    status = serializers.ChoiceField(PurchasePlanStatus.choices)
    sent_at = serializers.DateTimeField(source="at")
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_for = serializers.CharField(
        source="decided_for.name", default=None, allow_null=True, help_text="whose deputy decided it"
    )
    waits_for = serializers.SerializerMethodField(help_text="who may decide it now, while it waits")
    due_at = serializers.DateTimeField(help_text="while it waits: then all approvers are asked, or it ends")
    ends_at = serializers.DateTimeField(help_text="while it waits: without a decision it ends by itself then")

    @extend_schema_field(PlanGoodsOut(many=True))
    def get_goods(self, plan: PurchasePlan) -> list[Any]:
        """Return what goods a plan names, as it was sent."""
        named = goods_of_plans([plan.pk]) if self.named is None else self.named
        return list(PlanGoodsOut(named.get(plan.pk, []), many=True).data)

    @extend_schema_field(AskedOut(many=True))
    def get_waits_for(self, plan: PurchasePlan) -> list[Any]:
        """Return whoever may decide a plan that waits."""
        asked = asked_for([plan], clock.county_day(clock.now())) if self.asked is None else self.asked
        return list(AskedOut(asked.get(plan.pk, []), many=True).data)


class OnePurchasePlanOut(PurchasePlanOut):
    """One purchase plan, with what it lacks of what its size asks for."""

    lacking = serializers.ListField(child=serializers.CharField(), help_text="in sentences, while it waits")


class PurchasePlanPageOut(PageOut):
    """One page of purchase plans."""

    results = PurchasePlanOut(many=True)


class PurchasePlans(APIView):
    """The plans one may see, and a new one."""

    @extend_schema_serializer(component_name="PurchasePlanIn")
    class Input(serializers.Serializer):
        """From which fund, for what occasion, up to which sum, which goods, on which days, by which record."""

        fund = serializers.IntegerField(min_value=1)
        kind = serializers.ChoiceField(PurchasePlanKind.choices)
        occasion = serializers.CharField(max_length=purchase_plans.LONGEST_OCCASION)
        total = YuanField()
        per_head = YuanField(required=False, allow_null=True, help_text="of a union's money, for each member")
        apart = serializers.BooleanField(
            default=False, help_text="of a union's money, outside the ordinary ceiling of the year"
        )
        from_on = DayField()
        to_on = DayField()
        committee_record = serializers.CharField(max_length=purchase_plans.LONGEST_RECORD)
        project_number = serializers.CharField(
            max_length=purchase_plans.LONGEST_RECORD, required=False, allow_blank=True, default=""
        )
        draft = IdField(required=False, allow_null=True, default=None, help_text="one's own draft that this was")
        goods = serializers.ListField(child=PlanGoodsIn(), allow_empty=False, max_length=MOST_GOODS)

    @extend_schema(
        parameters=[*parameters_of(PurchasePlanFilter), *PAGING],
        responses=PurchasePlanPageOut,
        operation_id="purchase_plan_list",
    )
    def get(self, request: SignedInCall) -> Response:
        """List purchase plans, the newest first."""
        permissions.access_plans(request.user)
        rows = narrowed_for_program(request, PurchasePlanFilter, plans_seen_by(request.user))
        return answer_page(rows, PurchasePlanOut, request=request, view=self)

    @extend_schema(
        request=Input, responses={201: OnePurchasePlanOut}, parameters=[KEY], operation_id="purchase_plan_send"
    )
    def post(self, request: SignedInCall) -> Response:
        """Send a plan to the second person of the buyer; it holds no money."""
        permissions.access_plan_new(request.user)
        asked = read_input(self.Input, request)
        fund = permissions.access_fund_to_plan(request.user, asked["fund"])
        planned = purchase_plans.Planned(
            kind=asked["kind"],
            occasion=asked["occasion"],
            total_fen=asked["total"],
            from_on=asked["from_on"],
            to_on=asked["to_on"],
            committee_record=asked["committee_record"],
            per_head_fen=asked.get("per_head"),
            apart=asked["apart"],
            project_number=asked["project_number"],
            goods=goods_in(asked["goods"]),
        )

        def act(at: dt.datetime) -> dict[str, int]:
            plan = purchase_plans.send_plan(fund, planned, by=request.user, at=at)
            drop_sent(asked["draft"], by=request.user)
            return {"plan": plan.pk}

        return _plan(request, act_for_program(request, asked, act)["plan"], status=201)


class OnePurchasePlan(APIView):
    """One plan."""

    @extend_schema(responses=OnePurchasePlanOut, operation_id="purchase_plan_detail")
    def get(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Return one purchase plan."""
        return _plan(request, purchase_plan_id)


class ApprovePurchasePlan(APIView):
    """The second hand."""

    @extend_schema(request=None, responses=OnePurchasePlanOut, parameters=[KEY], operation_id="purchase_plan_approve")
    def post(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Approve a plan as a person who did not send it."""
        plan = permissions.access_plan_to_decide(request.user, purchase_plan_id)
        program_acts_on(request, purchase_plans.approve_plan, plan)
        return _plan(request, purchase_plan_id)


class RefusePurchasePlan(APIView):
    """The second hand, with words."""

    @extend_schema_serializer(component_name="PurchasePlanRefuseIn")
    class Input(serializers.Serializer):
        """What does not match."""

        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=OnePurchasePlanOut, parameters=[KEY], operation_id="purchase_plan_refuse")
    def post(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Refuse a plan as a person who did not send it, saying what does not match."""
        plan = permissions.access_plan_to_decide(request.user, purchase_plan_id)
        program_acts_on(request, purchase_plans.refuse_plan, plan, self.Input)
        return _plan(request, purchase_plan_id)


class WithdrawPurchasePlan(APIView):
    """A plan that is taken back."""

    @extend_schema(request=None, responses=OnePurchasePlanOut, parameters=[KEY], operation_id="purchase_plan_withdraw")
    def post(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Take a plan back that nobody has decided yet."""
        plan = permissions.access_plan_to_end(request.user, purchase_plan_id)
        program_acts_on(request, purchase_plans.withdraw_plan, plan)
        return _plan(request, purchase_plan_id)


class ClosePurchasePlan(APIView):
    """A plan that is done."""

    @extend_schema_serializer(component_name="PurchasePlanCloseIn")
    class Input(serializers.Serializer):
        """Why the signed list differs from the plan, where it does."""

        explained = serializers.CharField(max_length=LONGEST_WORDS, required=False, allow_blank=True, default="")

    @extend_schema(request=Input, responses=OnePurchasePlanOut, parameters=[KEY], operation_id="purchase_plan_close")
    def post(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Close an approved plan for good; the chair signs off its signed list, where one is kept."""
        plan = permissions.access_plan_to_close(request.user, purchase_plan_id)
        program_acts_on(request, purchase_plans.close_plan, plan, self.Input)
        return _plan(request, purchase_plan_id)


def _plan(request: SignedInCall, plan_id: int, *, status: int = 200) -> Response:
    plan = permissions.access_plan(request.user, plan_id)
    found = readiness(plan, clock.now())
    sentences = lacking(plan, found) if plan.status == PurchasePlanStatus.SENT else []
    return Response({**PurchasePlanOut(plan).data, "lacking": sentences}, status=status)
