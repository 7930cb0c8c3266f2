"""The signed list of a union's plan for programs: opened, named, answered in pieces; the plan's door closes it."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from canteens import permissions
from canteens.filters import SignedLineFilter
from canteens.models import MOST_MEMBERS, SheetAnswer, SignedLine, SignedList, SignedListStatus
from canteens.pages.signed_lists import note_names, photos
from canteens.selectors.signed_lists import Differences, differences, lines_of
from canteens.services import signed_lists
from kernel import clock
from kernel.api_fields import KEY, IdField, YuanField, read_input
from kernel.api_pages import PAGING, KeysetPages, PageOut, answer_page, narrowed_for_program, parameters_of
from kernel.masking import mask_name
from records.doors import act_for_program
from records.services.photos import receive_photo


class InNumbers(KeysetPages):
    """The lines of a list by their numbers."""

    ordering = "number"


class SheetPhotoOut(serializers.Serializer):
    """One photo of a signed sheet."""

    id = IdField(source="pk")
    file = serializers.UUIDField(source="file_id")
    at = serializers.DateTimeField()


class SignedListOut(serializers.Serializer):
    """How far a signed list is, and in what it differs from its plan."""

    plan = IdField(source="plan_id")
    goods = serializers.CharField()
    status = serializers.ChoiceField(SignedListStatus.choices)
    opened_at = serializers.DateTimeField(source="at")
    lines = serializers.IntegerField()
    got = serializers.IntegerField()
    refused = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    given = YuanField(source="given_fen", help_text="worth of the goods signed for")
    accepted = YuanField(source="accepted_fen", help_text="worth of the goods that the plan's orders took")
    members = serializers.IntegerField(help_text="counted at approval")
    without_line = serializers.IntegerField(help_text="members on record on the day of approval, not on the list")
    beyond = serializers.ListField(child=serializers.IntegerField(), help_text="lines of no member of that day")
    explained = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    photos = SheetPhotoOut(many=True)


class SignedLineOut(serializers.Serializer):
    """One line; its name masked for who may not read names."""

    number = serializers.IntegerField()
    name = serializers.SerializerMethodField()
    answer = serializers.ChoiceField(SheetAnswer.choices, source="sheet.answer", default=None, allow_null=True)
    worth = YuanField(source="sheet.worth_fen", default=None, allow_null=True)
    reason = serializers.CharField(source="sheet.reason", default="")
    photo = IdField(source="sheet.photo_id", default=None, allow_null=True)

    def get_name(self, line: SignedLine) -> str:
        """Return the name, masked for who may not read it."""
        return line.name if self.context["plainly"] else mask_name(line.name)


class SignedLinePageOut(PageOut):
    """One page of lines."""

    results = SignedLineOut(many=True)


class OneSignedList(APIView):
    """The signed list of a plan."""

    @extend_schema_serializer(component_name="SignedListOpenIn")
    class Input(serializers.Serializer):
        """What each member gets, and where the union keeps no list of its members, their names."""

        goods = serializers.CharField(max_length=signed_lists.LONGEST_GOODS)
        names = serializers.ListField(
            child=serializers.CharField(max_length=80), max_length=MOST_MEMBERS, required=False, default=list
        )

    @extend_schema(responses=SignedListOut, operation_id="signed_list_detail")
    def get(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Return how far the signed list of a plan is."""
        return _list(request, purchase_plan_id)

    @extend_schema(request=Input, responses={201: SignedListOut}, parameters=[KEY], operation_id="signed_list_open")
    def post(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Open the signed list of a plan."""
        plan = permissions.access_plan_to_list(request.user, purchase_plan_id)
        asked = read_input(self.Input, request)

        def act(at: dt.datetime) -> None:
            signed_lists.open_list(plan, asked["goods"], "\n".join(asked["names"]), by=request.user, at=at)

        act_for_program(request, asked, act)
        return _list(request, purchase_plan_id, status=201)


class SignedLines(APIView):
    """The lines of a list."""

    @extend_schema(
        parameters=[*parameters_of(SignedLineFilter), *PAGING],
        responses=SignedLinePageOut,
        operation_id="signed_list_lines",
    )
    def get(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """List the lines of a signed list by their numbers."""
        row = permissions.access_signed_list(request.user, purchase_plan_id)
        lines = narrowed_for_program(request, SignedLineFilter, lines_of(row))
        answer = answer_page(lines, _shape_for(request, row), request=request, view=self, pages=InNumbers)
        note_names(len(answer.data["results"]), by=request.user, at=clock.now())
        return answer


class SignedListNames(APIView):
    """More names of a list."""

    @extend_schema_serializer(component_name="SignedListNamesIn")
    class Input(serializers.Serializer):
        """Names that are not on the list yet."""

        names = serializers.ListField(child=serializers.CharField(max_length=80), max_length=MOST_MEMBERS)

    @extend_schema(request=Input, responses=SignedListOut, parameters=[KEY], operation_id="signed_list_names")
    def post(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Put more names on a list."""
        row = permissions.access_signed_list_to_prepare(request.user, purchase_plan_id)
        asked = read_input(self.Input, request)

        def act(at: dt.datetime) -> None:
            signed_lists.add_names(row, "\n".join(asked["names"]), by=request.user, at=at)

        act_for_program(request, asked, act)
        return _list(request, purchase_plan_id)


class SignedListPhotos(APIView):
    """The camera over the signed paper."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="SignedListPhotoIn")
    class Input(serializers.Serializer):
        """A photo of a signed sheet."""

        photo = serializers.FileField()

    @extend_schema(request=Input, responses={201: SignedListOut}, parameters=[KEY], operation_id="signed_list_photo")
    def post(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Keep a photo of a signed sheet; answers name it by the id under `photos`."""
        row = permissions.access_signed_list_to_prepare(request.user, purchase_plan_id)
        asked = read_input(self.Input, request)

        def act(at: dt.datetime) -> None:
            photo = receive_photo(asked["photo"], by=request.user, at=at, public=False)
            signed_lists.add_photo(row, photo, by=request.user, at=at)

        act_for_program(request, asked, act)
        return _list(request, purchase_plan_id, status=201)


class SignedListAnswers(APIView):
    """What lines say."""

    @extend_schema_serializer(component_name="SignedListAnswerIn")
    class Input(serializers.Serializer):
        """Which lines, and what they say: signed for, on which sheet, or not, and why."""

        numbers = serializers.ListField(
            child=serializers.IntegerField(min_value=1, max_value=MOST_MEMBERS), min_length=1, max_length=MOST_MEMBERS
        )
        answer = serializers.ChoiceField(SheetAnswer.choices)
        worth = YuanField(required=False, allow_null=True, help_text="of the goods of each; empty: the plan's sum")
        photo = serializers.IntegerField(required=False, allow_null=True, min_value=1, default=None)
        reason = serializers.CharField(
            max_length=signed_lists.LONGEST_REASON, required=False, allow_blank=True, default=""
        )
        anew = serializers.BooleanField(default=False, help_text="lines that are answered already are answered anew")

    @extend_schema(request=Input, responses=SignedListOut, parameters=[KEY], operation_id="signed_list_answer")
    def post(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Answer many lines at once, all of them or none."""
        row = permissions.access_signed_list_to_prepare(request.user, purchase_plan_id)
        asked = read_input(self.Input, request)
        said = signed_lists.Answer(
            answer=asked["answer"],
            numbers=tuple(sorted(set(asked["numbers"]))),
            worth_fen=asked.get("worth"),
            photo=asked["photo"],
            reason=asked["reason"],
            anew=asked["anew"],
        )

        def act(at: dt.datetime) -> None:
            signed_lists.answer_lines(row, said, by=request.user, at=at)

        act_for_program(request, asked, act)
        return _list(request, purchase_plan_id)


def _shape_for(request: SignedInCall, row: SignedList) -> Any:
    """Return the shape of lines as this person may read their names."""
    plainly = permissions.can_prepare_list(request.user, row.plan)

    def shape(lines: Any, **more: Any) -> SignedLineOut:
        return SignedLineOut(lines, **more | {"context": {"plainly": plainly}})

    return shape


def _list(request: SignedInCall, plan_id: int, *, status: int = 200) -> Response:
    row = permissions.access_signed_list(request.user, plan_id)
    return Response(SignedListOut(_figures(row, differences(row))).data, status=status)


def _figures(row: SignedList, found: Differences) -> dict[str, Any]:
    own = ("plan_id", "goods", "status", "at", "explained", "decided_at")
    counted = ("lines", "got", "refused", "unanswered", "given_fen", "accepted_fen", "members", "beyond")
    said = {name: getattr(row, name) for name in own} | {name: getattr(found, name) for name in counted}
    return said | {"without_line": len(found.without_line), "photos": photos(row)}
