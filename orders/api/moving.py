"""Endpoints of sellers and cashiers."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from accounts.selectors import standing
from kernel import clock
from kernel.api_fields import KEY, KilogramField, WholeNumberField, read_input
from kernel.api_pages import PAGING, answer_page, narrowed_for_program, parameters_of
from ledger.services.showing import WHYS, card_shown
from orders import permissions
from orders.api.shapes import SaleOut, SalePageOut, StatementOut, StatementPageOut
from orders.filters import StatementFilter
from orders.forms import CONSENTS
from orders.models import AllocationStatus
from orders.selectors.sales import sales_seen_by
from orders.selectors.statements import statement_rows
from orders.services import asking, paying
from produce.services.stock import in_stock_unit
from records.doors import act_for_program, program_acts_on


class Sales(APIView):
    """Who wants one's goods."""

    @extend_schema_serializer(component_name="SaleFilter")
    class Filter(serializers.Serializer):
        """Where the asks stand."""

        status = serializers.ChoiceField(AllocationStatus.choices, required=False)

    @extend_schema(parameters=[Filter, *PAGING], responses=SalePageOut, operation_id="sale_list")
    def get(self, request: SignedInCall) -> Response:
        """List what buyers want, newest first."""
        filters = self.Filter(data=request.query_params)
        filters.is_valid(raise_exception=True)
        rows = sales_seen_by(request.user).filter(**filters.validated_data)
        return answer_page(rows, SaleOut, request=request, view=self, known=("status",))


class Answer(APIView):
    """The seller's yes or no."""

    @extend_schema_serializer(component_name="SaleAnswerIn")
    class Input(serializers.Serializer):
        """How the household agreed, when somebody answers for it."""

        consent = serializers.ChoiceField(CONSENTS, required=False, default="")

    def take(self, request: SignedInCall, allocation_id: int, verb: Callable[..., object]) -> Response:
        """Answer once under the request's key."""
        lot = permissions.access_sale(request.user, allocation_id, to=permissions.can_answer)
        data = read_input(self.Input, request)
        proxy = standing(request.user).name if permissions.answers_for_others(request.user, lot) else ""
        act_for_program(
            request,
            data,
            lambda at: verb(lot, by=request.user, at=at, consent=data["consent"], proxy_name=proxy),
        )
        return Response(SaleOut(permissions.access_sale(request.user, allocation_id)).data)


class Confirm(Answer):
    """「我有货」."""

    @extend_schema(request=Answer.Input, responses=SaleOut, parameters=[KEY], operation_id="sale_confirm")
    def post(self, request: SignedInCall, allocation_id: int) -> Response:
        """Confirm that the goods will be there."""
        return self.take(request, allocation_id, asking.confirm)


class Decline(Answer):
    """「这次没有」."""

    @extend_schema(request=Answer.Input, responses=SaleOut, parameters=[KEY], operation_id="sale_decline")
    def post(self, request: SignedInCall, allocation_id: int) -> Response:
        """Decline the goods: kilos and money are free at once."""
        return self.take(request, allocation_id, asking.decline)


class Less(APIView):
    """「我只有这些」."""

    @extend_schema_serializer(component_name="SaleLessIn")
    class Input(serializers.Serializer):
        """How much there is, in kilograms or heads; how the household agreed, when somebody answers for it."""

        kg = KilogramField(required=False)
        pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)
        consent = serializers.ChoiceField(CONSENTS, required=False, default="")

        def validate(self, data: dict[str, Any]) -> dict[str, Any]:
            """Ask for one quantity: kilograms or heads."""
            if ("kg" in data) == ("pieces" in data):
                raise serializers.ValidationError({"kg": "kg | pieces"})
            return data

    @extend_schema(request=Input, responses=SaleOut, parameters=[KEY], operation_id="sale_less")
    def post(self, request: SignedInCall, allocation_id: int) -> Response:
        """Promise less than was asked for: answers with the smaller lot that takes its place."""
        lot = permissions.access_sale(request.user, allocation_id, to=permissions.can_answer)
        data = read_input(self.Input, request)
        units = in_stock_unit(lot.listing.stock_unit, grams=data.get("kg"), pieces=data.get("pieces"))
        proxy = standing(request.user).name if permissions.answers_for_others(request.user, lot) else ""

        def act(at: dt.datetime) -> dict[str, int]:
            less = asking.give_less(lot, units, by=request.user, at=at, consent=data["consent"], proxy_name=proxy)
            return {"sale": less.pk}

        answer = act_for_program(request, data, act)
        return Response(SaleOut(permissions.access_sale(request.user, answer["sale"])).data)


class Statements(APIView):
    """Statements one may see."""

    @extend_schema(
        parameters=[*parameters_of(StatementFilter), *PAGING],
        responses=StatementPageOut,
        operation_id="statement_list",
    )
    def get(self, request: SignedInCall) -> Response:
        """List statements, newest first."""
        rows = narrowed_for_program(request, StatementFilter, statement_rows(request.user))
        return answer_page(rows, StatementOut, request=request, view=self)


class OneStatement(APIView):
    """One statement."""

    @extend_schema(responses=StatementOut, operation_id="statement_detail")
    def get(self, request: SignedInCall, statement_id: int) -> Response:
        """Return a statement."""
        return _statement(request, statement_id)


class RecordPayment(APIView):
    """A transfer made at the bank."""

    @extend_schema_serializer(component_name="PaymentIn")
    class Input(serializers.Serializer):
        """Its voucher."""

        voucher_number = serializers.CharField(max_length=40)
        sure = serializers.BooleanField(required=False, default=False, help_text="one transfer paid both statements")

    @extend_schema(request=Input, responses=StatementOut, parameters=[KEY], operation_id="payment_record")
    def post(self, request: SignedInCall, statement_id: int) -> Response:
        """Write a bank transfer down; it counts once a second person has confirmed it."""
        statement = permissions.access_statement(request.user, statement_id, to=permissions.can_record_payment)
        program_acts_on(request, paying.record_payment, statement, self.Input)
        return _statement(request, statement_id)


class PaymentCard(APIView):
    """The whole card number, for whoever types a transfer at the bank."""

    @extend_schema_serializer(component_name="PaymentCardIn")
    class Input(serializers.Serializer):
        """What it is needed for."""

        why = serializers.ChoiceField(WHYS)

    class Output(serializers.Serializer):
        """Whose card it is, its number and its bank."""

        holder = serializers.CharField()
        number = serializers.CharField()
        bank = serializers.CharField()

    @extend_schema(request=Input, responses=Output, parameters=[KEY], operation_id="payment_card")
    def post(self, request: SignedInCall, statement_id: int) -> Response:
        """Show the whole card number once; who asked, when and why stays on record."""
        statement = permissions.access_statement(request.user, statement_id, to=permissions.can_record_payment)
        asked = read_input(self.Input, request)

        def show(at: dt.datetime) -> dict[str, int]:
            return {"shown": paying.show_card(statement, why=asked["why"], by=request.user, at=at)}

        card = card_shown(act_for_program(request, asked, show)["shown"], at=clock.now())
        return Response(self.Output(card).data, headers={"Cache-Control": "no-store"})


class ConfirmPayment(APIView):
    """The second person's look at the bank's account."""

    @extend_schema_serializer(component_name="PaymentConfirmIn")
    class Input(serializers.Serializer):
        """What is sure although it looks odd."""

        sure = serializers.BooleanField(required=False, default=False, help_text="one transfer paid both statements")

    @extend_schema(request=Input, responses=StatementOut, parameters=[KEY], operation_id="payment_confirm")
    def post(self, request: SignedInCall, statement_id: int) -> Response:
        """Confirm that the transfer stands on the bank's account."""
        statement = permissions.access_statement(request.user, statement_id, to=permissions.can_check_payment)
        program_acts_on(request, paying.confirm_payment, statement, self.Input)
        return _statement(request, statement_id)


class RejectPayment(APIView):
    """A transfer the bank's account does not show."""

    @extend_schema_serializer(component_name="PaymentRejectIn")
    class Input(serializers.Serializer):
        """What does not match."""

        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=StatementOut, parameters=[KEY], operation_id="payment_reject")
    def post(self, request: SignedInCall, statement_id: int) -> Response:
        """Strike a recorded transfer out."""
        statement = permissions.access_statement(request.user, statement_id, to=permissions.can_check_payment)
        program_acts_on(request, paying.reject_payment, statement, self.Input)
        return _statement(request, statement_id)


def _statement(request: SignedInCall, statement_id: int) -> Response:
    statement = permissions.access_statement(request.user, statement_id)
    return Response(StatementOut(statement, context={"request": request}).data)
