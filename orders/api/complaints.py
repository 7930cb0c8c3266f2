"""Endpoints of complaints about deliveries, as the pages do it."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, IdField, KilogramField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program, parameters_of
from orders.filters import ComplaintFilter
from orders.forms import CONSENTS
from orders.forms.complaints import ANSWERS, CHOICES, DENY, ENOUGH, GRANT
from orders.models import About, ComplaintStatus, Side
from orders.permissions import complaints as permissions
from orders.selectors.complaints import complaints_seen_by
from orders.services import complaining
from produce.api_fields import ProduceNameField
from records.doors import act_for_program, program_acts_on
from records.models import StoredFile
from records.services.photos import receive_photo


class ComplaintOut(serializers.Serializer):
    """A complaint about one lot of a signed receipt."""

    id = IdField(source="pk")
    number = serializers.CharField()
    order = serializers.CharField(source="receipt_line.allocation.order.number")
    produce = serializers.CharField(source="receipt_line.allocation.listing.produce.code")
    produce_name = ProduceNameField(source="receipt_line.allocation.listing.produce")
    side = serializers.ChoiceField(Side.choices)
    about = serializers.ChoiceField(About.choices)
    status = serializers.ChoiceField(ComplaintStatus.choices)
    kg = KilogramField(source="asked_g")
    amount = YuanField(source="asked_fen")
    words = serializers.CharField()
    until_at = serializers.DateTimeField()
    answer = serializers.CharField()
    offered_kg = KilogramField(source="offered_g")
    offered = YuanField(source="offered_fen")
    decision = serializers.CharField()
    agreed_kg = KilogramField(source="agreed_g")
    agreed = YuanField(source="agreed_fen")
    return_id = IdField(source="goods_return.pk", default=None, allow_null=True)


class ComplaintPageOut(PageOut):
    """One page of complaints."""

    results = ComplaintOut(many=True)


class Complaints(APIView):
    """Complaints that one may see."""

    @extend_schema(
        parameters=[*parameters_of(ComplaintFilter), *PAGING],
        responses=ComplaintPageOut,
        operation_id="complaint_list",
    )
    def get(self, request: SignedInCall) -> Response:
        """List complaints, newest first."""
        rows = narrowed_for_program(request, ComplaintFilter, complaints_seen_by(request.user))
        return answer_page(rows, ComplaintOut, request=request, view=self)


class OneComplaint(APIView):
    """One complaint."""

    @extend_schema(responses=ComplaintOut, operation_id="complaint_detail")
    def get(self, request: SignedInCall, complaint_id: int) -> Response:
        """Return a complaint."""
        return _answer(request, complaint_id)


class Complain(APIView):
    """What one side says is wrong."""

    @extend_schema_serializer(component_name="ComplaintIn")
    class Input(serializers.Serializer):
        """What it is about, how much, and what happened."""

        about = serializers.ChoiceField(About.choices)
        kg = KilogramField(required=False, default=0)
        amount = YuanField(required=False, default=0)
        words = serializers.CharField(max_length=200)
        consent = serializers.ChoiceField(CONSENTS, required=False, default="")
        photo = serializers.FileField(required=False, help_text="Sent as a form of parts.")

    @extend_schema(request=Input, responses={201: ComplaintOut}, parameters=[KEY], operation_id="complaint_new")
    def post(self, request: SignedInCall, receipt_id: int, line_id: int) -> Response:
        """Complain of a signed lot for one's side; the other side answers within the time shown."""
        line, side = permissions.access_line_to_complain(request.user, receipt_id, line_id)
        data = read_input(self.Input, request)
        proxy = permissions.proxy_of(request.user, line.allocation, side, data["consent"])
        what = {"about": data["about"], "grams": data["kg"], "fen": data["amount"], "words": data["words"]}

        def act(at: dt.datetime) -> dict[str, int]:
            photo = _photo(request, data, at)
            photos = [photo] if photo else []
            row = complaining.complain(line, side=side, **what, photos=photos, by=request.user, at=at, proxy=proxy)
            return {"complaint": row.pk}

        return _answer(request, act_for_program(request, data, act)["complaint"], status=201)


class AnswerOne(APIView):
    """The other side's answer."""

    @extend_schema_serializer(component_name="ComplaintAnswerIn")
    class Input(serializers.Serializer):
        """Right, right in part with how much, or not right; in words unless it is wholly right, and with a photo."""

        how = serializers.ChoiceField(ANSWERS)
        kg = KilogramField(required=False, default=0)
        amount = YuanField(required=False, default=0)
        words = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
        consent = serializers.ChoiceField(CONSENTS, required=False, default="")
        photo = serializers.FileField(required=False, help_text="Sent as a form of parts.")

    @extend_schema(request=Input, responses=ComplaintOut, parameters=[KEY], operation_id="complaint_answer")
    def post(self, request: SignedInCall, complaint_id: int) -> Response:
        """Answer a complaint for the side that it was made to."""
        row = permissions.access_complaint(request.user, complaint_id, to=permissions.can_answer_complaint)
        data = read_input(self.Input, request)
        lot, side = row.receipt_line.allocation, complaining.other_side(row.side)
        said: dict[str, Any] = {
            "words": data["words"],
            "by": request.user,
            "proxy": permissions.proxy_of(request.user, lot, side, data["consent"]),
        }

        def act(at: dt.datetime) -> None:
            if data["how"] == GRANT:
                complaining.grant(row, **said, at=at)
            elif data["how"] == DENY:
                complaining.deny(row, photo=_photo(request, data, at), **said, at=at)
            else:
                photo = _photo(request, data, at)
                complaining.offer(row, grams=data["kg"], fen=data["amount"], photo=photo, **said, at=at)

        act_for_program(request, data, act)
        return _answer(request, complaint_id)


class Choose(APIView):
    """Whether an offered part is enough."""

    @extend_schema_serializer(component_name="ComplaintChoiceIn")
    class Input(serializers.Serializer):
        """Enough, or for the county."""

        choice = serializers.ChoiceField(CHOICES)

    @extend_schema(request=Input, responses=ComplaintOut, parameters=[KEY], operation_id="complaint_choose")
    def post(self, request: SignedInCall, complaint_id: int) -> Response:
        """Say for who complained whether the offered part is enough."""
        row = permissions.access_complaint(request.user, complaint_id, to=permissions.can_speak_for_complaint)
        data = read_input(self.Input, request)
        verb = complaining.take_offer if data["choice"] == ENOUGH else complaining.insist
        act_for_program(request, data, lambda at: verb(row, by=request.user, at=at))
        return _answer(request, complaint_id)


class TakeBack(APIView):
    """A complaint is over by the word of who made it."""

    @extend_schema(request=None, responses=ComplaintOut, parameters=[KEY], operation_id="complaint_take_back")
    def post(self, request: SignedInCall, complaint_id: int) -> Response:
        """Take a complaint back."""
        row = permissions.access_complaint(request.user, complaint_id, to=permissions.can_speak_for_complaint)
        program_acts_on(request, complaining.take_back, row)
        return _answer(request, complaint_id)


class DecideOne(APIView):
    """The county's word."""

    @extend_schema_serializer(component_name="ComplaintDecideIn")
    class Input(serializers.Serializer):
        """Whether it is right, for how much, and why."""

        right = serializers.BooleanField()
        kg = KilogramField(required=False, default=0)
        amount = YuanField(required=False, default=0)
        words = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=ComplaintOut, parameters=[KEY], operation_id="complaint_decide")
    def post(self, request: SignedInCall, complaint_id: int) -> Response:
        """Decide whether a complaint is right; without a figure it is for all that was asked."""
        row = permissions.access_complaint(request.user, complaint_id, to=permissions.can_decide_complaint)
        data = read_input(self.Input, request)
        named = bool(data["kg"] or data["amount"])
        figure = {"grams": data["kg"], "fen": data["amount"]} if named else {"grams": row.asked_g, "fen": row.asked_fen}
        more = {"right": data["right"], "words": data["words"]}
        act_for_program(request, data, lambda at: complaining.decide(row, **figure, **more, by=request.user, at=at))
        return _answer(request, complaint_id)


def _photo(request: SignedInCall, data: dict[str, Any], at: dt.datetime) -> StoredFile | None:
    """Return the photo that was sent, kept for this complaint's sides alone."""
    return receive_photo(data["photo"], by=request.user, at=at, public=False) if "photo" in data else None


def _answer(request: SignedInCall, complaint_id: int, status: int = 200) -> Response:
    return Response(ComplaintOut(permissions.access_complaint(request.user, complaint_id)).data, status=status)
