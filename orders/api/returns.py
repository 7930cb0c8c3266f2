"""Endpoints of goods sent back, as the pages do it."""

import datetime as dt

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from accounts.selectors import standing
from kernel.api_fields import KEY, IdField, KilogramField, WholeNumberField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page
from orders import permissions
from orders.forms import CONSENTS, RETURN_REASONS
from orders.models import Fate, GoodsReturn, ReturnReason, ReturnStatus
from orders.selectors.returns import returns_seen_by
from orders.services import correcting, returning
from produce.api_fields import ProduceNameField
from records.doors import act_for_program, program_acts_on
from records.services.photos import receive_photo


class ReturnOut(serializers.Serializer):
    """Goods sent back, or asked to be."""

    id = IdField(source="pk")
    number = serializers.CharField()
    order = serializers.CharField(source="receipt_line.allocation.order.number")
    produce = serializers.CharField(source="receipt_line.allocation.listing.produce.code")
    produce_name = ProduceNameField(source="receipt_line.allocation.listing.produce")
    status = serializers.ChoiceField(ReturnStatus.choices)
    reason = serializers.ChoiceField(ReturnReason.choices)
    words = serializers.CharField()
    countersigned_at = serializers.DateTimeField(allow_null=True)
    kg = KilogramField(source="asked_g")
    pieces = serializers.IntegerField(source="asked_pieces", allow_null=True)
    answer_by_at = serializers.DateTimeField()
    decide_by_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    decision = serializers.CharField()
    agreed_kg = KilogramField(source="agreed_g")
    refund = YuanField(source="refund_fen")


class ReturnPageOut(PageOut):
    """One page of goods sent back."""

    results = ReturnOut(many=True)


class Returns(APIView):
    """Goods sent back that one may see."""

    @extend_schema(parameters=PAGING, responses=ReturnPageOut, operation_id="return_list")
    def get(self, request: SignedInCall) -> Response:
        """List goods sent back, newest first."""
        return answer_page(returns_seen_by(request.user), ReturnOut, request=request, view=self)


class OneReturn(APIView):
    """One return."""

    @extend_schema(responses=ReturnOut, operation_id="return_detail")
    def get(self, request: SignedInCall, return_id: int) -> Response:
        """Return goods sent back."""
        return _answer(request, return_id)


class Ask(APIView):
    """The buyer's wish."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="ReturnAskIn")
    class Input(serializers.Serializer):
        """How much, why, and a photo."""

        kg = KilogramField()
        pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)
        reason = serializers.ChoiceField(RETURN_REASONS)
        words = serializers.CharField(max_length=200)
        photo = serializers.FileField()

    @extend_schema(request=Input, responses={201: ReturnOut}, parameters=[KEY], operation_id="return_ask")
    def post(self, request: SignedInCall, receipt_id: int, line_id: int) -> Response:
        """Ask that some of a signed lot goes back; the seller answers within the time shown."""
        line = permissions.access_line_to_return(request.user, receipt_id, line_id)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> dict[str, int]:
            photo = receive_photo(data["photo"], by=request.user, at=at, public=False)
            what = {"grams": data["kg"], "pieces": data.get("pieces"), "reason": data["reason"]}
            row = returning.ask_return(line, **what, words=data["words"], photos=[photo], by=request.user, at=at)
            return {"return": row.pk}

        return _answer(request, act_for_program(request, data, act)["return"], status=201)


class Correct(APIView):
    """The scale was read wrongly."""

    @extend_schema_serializer(component_name="CorrectionIn")
    class Input(serializers.Serializer):
        """What was really accepted, how it was read wrongly, and a photo of the scale where there is one."""

        kg = KilogramField(zero_ok=True)
        pieces = WholeNumberField(required=False, min_value=0, max_value=1_000_000)
        words = serializers.CharField(max_length=200)
        photo = serializers.FileField(required=False, help_text="Sent as a form of parts.")

    @extend_schema(request=Input, responses={201: ReturnOut}, parameters=[KEY], operation_id="correction_ask")
    def post(self, request: SignedInCall, receipt_id: int, line_id: int) -> Response:
        """Propose to correct a signed lot; a second person of the buyer signs it, then the seller is asked."""
        line = permissions.access_line_to_return(request.user, receipt_id, line_id)
        data = read_input(self.Input, request)
        what = {"grams": data["kg"], "pieces": data.get("pieces"), "words": data["words"]}

        def act(at: dt.datetime) -> dict[str, int]:
            given = data.get("photo")
            photo = receive_photo(given, by=request.user, at=at, public=False) if given else None
            return {"return": correcting.ask_correction(line, **what, photo=photo, by=request.user, at=at).pk}

        return _answer(request, act_for_program(request, data, act)["return"], status=201)


class SignCorrection(APIView):
    """The second person of the buyer."""

    @extend_schema(request=None, responses=ReturnOut, parameters=[KEY], operation_id="correction_sign")
    def post(self, request: SignedInCall, return_id: int) -> Response:
        """Sign a correction: from now on the seller is asked."""
        row = permissions.access_return(request.user, return_id, to=permissions.can_withdraw_return)
        program_acts_on(request, correcting.countersign, row)
        return _answer(request, return_id)


class Agree(APIView):
    """The seller takes goods back."""

    @extend_schema_serializer(component_name="ReturnAgreeIn")
    class Input(serializers.Serializer):
        """How much, all of it where nothing is said, and what becomes of it."""

        kg = KilogramField(required=False)
        pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)
        fate = serializers.ChoiceField(Fate.choices)
        words = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
        consent = serializers.ChoiceField(CONSENTS, required=False, default="")

    @extend_schema(request=Input, responses=ReturnOut, parameters=[KEY], operation_id="return_agree")
    def post(self, request: SignedInCall, return_id: int) -> Response:
        """Take goods back: kilos and money move at once."""
        row = permissions.access_return(request.user, return_id, to=permissions.can_answer_return)
        data = read_input(self.Input, request)
        said = {name: data[name] for name in ("fate", "words", "consent")} | {"proxy_name": _proxy(request, row)}

        def act(at: dt.datetime) -> None:
            returning.agree_to_return(
                row, grams=data.get("kg"), pieces=data.get("pieces"), **said, by=request.user, at=at
            )

        act_for_program(request, data, act)
        return _answer(request, return_id)


class Contest(APIView):
    """The seller takes nothing back."""

    @extend_schema_serializer(component_name="ReturnContestIn")
    class Input(serializers.Serializer):
        """Why not."""

        words = serializers.CharField(max_length=200)
        consent = serializers.ChoiceField(CONSENTS, required=False, default="")

    @extend_schema(request=Input, responses=ReturnOut, parameters=[KEY], operation_id="return_contest")
    def post(self, request: SignedInCall, return_id: int) -> Response:
        """Take nothing back: the county decides."""
        row = permissions.access_return(request.user, return_id, to=permissions.can_answer_return)
        data = read_input(self.Input, request)
        proxy = _proxy(request, row)

        def act(at: dt.datetime) -> None:
            returning.contest_return(row, **data, proxy_name=proxy, by=request.user, at=at)

        act_for_program(request, data, act)
        return _answer(request, return_id)


class Decide(APIView):
    """The county's word."""

    @extend_schema_serializer(component_name="ReturnDecideIn")
    class Input(serializers.Serializer):
        """How much goes back, nought for nothing, and why."""

        kg = KilogramField(zero_ok=True)
        pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)
        words = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=ReturnOut, parameters=[KEY], operation_id="return_decide")
    def post(self, request: SignedInCall, return_id: int) -> Response:
        """Decide how much goes back."""
        row = permissions.access_return(request.user, return_id, to=permissions.can_decide_return)
        data = read_input(self.Input, request)
        what = {"grams": data["kg"], "pieces": data.get("pieces"), "words": data["words"]}
        act_for_program(request, data, lambda at: returning.decide_return(row, **what, by=request.user, at=at))
        return _answer(request, return_id)


class Withdraw(APIView):
    """The buyer keeps the goods after all."""

    @extend_schema(request=None, responses=ReturnOut, parameters=[KEY], operation_id="return_withdraw")
    def post(self, request: SignedInCall, return_id: int) -> Response:
        """Take back what was asked."""
        row = permissions.access_return(request.user, return_id, to=permissions.can_withdraw_return)
        program_acts_on(request, returning.withdraw_return, row)
        return _answer(request, return_id)


def _proxy(request: SignedInCall, row: GoodsReturn) -> str:
    lot = row.receipt_line.allocation
    return standing(request.user).name if permissions.answers_for_others(request.user, lot) else ""


def _answer(request: SignedInCall, return_id: int, status: int = 200) -> Response:
    return Response(ReturnOut(permissions.access_return(request.user, return_id)).data, status=status)
