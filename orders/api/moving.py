"""Endpoints of sellers, drivers, receivers and cashiers."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from accounts.selectors import standing
from kernel import clock
from kernel.api_fields import KEY, IdField, KilogramField, WholeNumberField, read_input
from kernel.api_pages import PAGING, answer_page
from ledger.services.showing import WHYS, card_shown
from orders import permissions
from orders.api.shapes import ReceiptOut, SaleOut, SalePageOut, StatementOut, StatementPageOut
from orders.forms import CONSENTS
from orders.models import AllocationStatus, Delivery, RefusalReason
from orders.selectors.sales import sales_seen_by
from orders.selectors.statements import statements_seen_by
from orders.services import asking, delivering, paying, receiving
from orders.services.delivering import Loaded
from orders.services.receiving import Weighed
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
        return answer_page(rows, SaleOut, request=request, view=self)


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


class Ship(APIView):
    """Sending off."""

    @extend_schema_serializer(component_name="DeliveryLoadIn")
    class Load(serializers.Serializer):
        """What was loaded of one lot."""

        lot = IdField()
        kg = KilogramField()
        pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)

    @extend_schema_serializer(component_name="DeliveryIn")
    class Input(serializers.Serializer):
        """The cart."""

        driver = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")

        def get_fields(self) -> dict[str, Any]:
            """Add the loads, which are named after this class."""
            return super().get_fields() | {"loads": Ship.Load(many=True, allow_empty=False)}

    @extend_schema_serializer(component_name="DeliveryOut")
    class Output(serializers.Serializer):
        """The delivery."""

        id = IdField(source="pk")
        number = serializers.CharField()
        order = IdField(source="order_id")
        accept_by_at = serializers.DateTimeField()

    @extend_schema(request=Input, responses={201: Output}, parameters=[KEY], operation_id="delivery_ship")
    def post(self, request: SignedInCall, order_id: int) -> Response:
        """Send a confirmed order off with these weights."""
        order = permissions.access_delivery(request.user, order_id, to=permissions.can_ship)
        data = read_input(self.Input, request)
        loads = {load["lot"]: Loaded(load["kg"], load.get("pieces")) for load in data["loads"]}

        def act(at: dt.datetime) -> dict[str, int]:
            return {"delivery": delivering.ship(order, loads, driver=data["driver"], by=request.user, at=at).pk}

        answer = act_for_program(request, data, act)
        return Response(self.Output(Delivery.objects.get(pk=answer["delivery"])).data, status=201)


class Weigh(APIView):
    """The scale."""

    @extend_schema_serializer(component_name="WeighedLotIn")
    class Lot(serializers.Serializer):
        """What the scale said of one lot."""

        lot = IdField()
        gross = KilogramField(zero_ok=True)
        tare = KilogramField(zero_ok=True, required=False)
        refused = KilogramField(zero_ok=True, required=False)
        reason = serializers.ChoiceField(RefusalReason.choices, required=False, allow_blank=True, default="")
        note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
        pieces = WholeNumberField(required=False, min_value=0, max_value=1_000_000)

    @extend_schema_serializer(component_name="WeighingIn")
    class Input(serializers.Serializer):
        """Every lot of the delivery."""

        def get_fields(self) -> dict[str, Any]:
            """Add the lots, which are named after this class."""
            return super().get_fields() | {"lots": Weigh.Lot(many=True, allow_empty=False)}

    @extend_schema(request=Input, responses={201: ReceiptOut}, parameters=[KEY], operation_id="delivery_weigh")
    def post(self, request: SignedInCall, order_id: int) -> Response:
        """Write down the scale's word for every lot; it counts once a second person has signed."""
        order = permissions.access_delivery(request.user, order_id, to=permissions.can_weigh)
        data = read_input(self.Input, request)
        weights = {lot["lot"]: _weighed(lot) for lot in data["lots"]}
        delivery = get_object_or_404(Delivery, order=order)

        def act(at: dt.datetime) -> dict[str, int]:
            return {"receipt": receiving.weigh(delivery, weights, by=request.user, at=at).pk}

        answer = act_for_program(request, data, act)
        receipt = permissions.access_receipt(request.user, answer["receipt"])
        return Response(ReceiptOut(receipt).data, status=201)


class Sign(APIView):
    """The second signature."""

    @extend_schema(request=None, responses=ReceiptOut, parameters=[KEY], operation_id="receipt_sign")
    def post(self, request: SignedInCall, receipt_id: int) -> Response:
        """Sign as the second person: accepted kilos are sold and owed, statements are written."""
        receipt = permissions.access_receipt(request.user, receipt_id, to=permissions.can_weigh)
        program_acts_on(request, receiving.sign, receipt)
        return Response(ReceiptOut(permissions.access_receipt(request.user, receipt_id)).data)


class Statements(APIView):
    """Statements one may see."""

    @extend_schema(parameters=PAGING, responses=StatementPageOut, operation_id="statement_list")
    def get(self, request: SignedInCall) -> Response:
        """List statements, newest first."""
        rows = statements_seen_by(request.user).prefetch_related("payable__payments")
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


def _weighed(lot: dict[str, Any]) -> Weighed:
    return Weighed(
        lot["gross"],
        tare_g=lot.get("tare", 0),
        refused_g=lot.get("refused", 0),
        reason=lot["reason"],
        note=lot["note"],
        accepted_pieces=lot.get("pieces"),
    )


def _statement(request: SignedInCall, statement_id: int) -> Response:
    statement = permissions.access_statement(request.user, statement_id)
    return Response(StatementOut(statement, context={"request": request}).data)
