"""A plan's public notice, its quotes and the objections to it, for programs, as on the pages."""

import datetime as dt
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from canteens import permissions
from canteens.selectors.plan_requirements import objections_to, quotes_of
from canteens.services import plan_quotes, publicity
from kernel.api_fields import KEY, DayField, IdField, YuanField, read_input
from kernel.api_pages import PAGING, KeysetPages, PageOut, answer_page
from records.doors import act_for_program, program_acts_on
from records.models import ObjectionStatus
from records.services.photos import receive_photo


class Newest(KeysetPages):
    """The newest first."""

    ordering = "-pk"


class Latest(KeysetPages):
    """The latest first."""

    ordering = ("-at", "-pk")  # type: ignore[assignment]


class PlanQuoteOut(serializers.Serializer):
    """One quote of a plan."""

    id = IdField(source="pk")
    supplier = serializers.CharField()
    amount = YuanField(source="amount_fen")
    photo = serializers.UUIDField(source="photo.file_id")
    at = serializers.DateTimeField()


class PlanQuotePageOut(PageOut):
    """One page of quotes."""

    results = PlanQuoteOut(many=True)


class PlanObjectionOut(serializers.Serializer):
    """One objection to a plan, without its words and who wrote it."""

    id = serializers.UUIDField(source="pk")
    number = serializers.CharField()
    at = serializers.DateTimeField()
    status = serializers.ChoiceField(ObjectionStatus.choices)
    answer = serializers.CharField()


class PlanObjectionPageOut(PageOut):
    """One page of objections."""

    results = PlanObjectionOut(many=True)


class WordsOfObjectionOut(PlanObjectionOut):
    """One objection to a plan, as whoever answers it reads it."""

    words = serializers.CharField()
    contact = serializers.CharField()


class PlanNotice(APIView):
    """What everybody reads of a plan."""

    @extend_schema_serializer(component_name="PlanNoticeIn")
    class Input(serializers.Serializer):
        """What is to be bought, from whom and for how many people; no person's name."""

        goods = serializers.CharField(max_length=publicity.LONGEST_GOODS)
        sellers = serializers.CharField(max_length=publicity.LONGEST_SELLERS)
        people = serializers.IntegerField(min_value=1, max_value=publicity.MOST_PEOPLE)

    @extend_schema_serializer(component_name="PlanNoticeOut")
    class Output(serializers.Serializer):
        """The number of the notice, and its last day."""

        notice = serializers.CharField()
        ends_on = DayField()

    @extend_schema(request=Input, responses={201: Output}, parameters=[KEY], operation_id="purchase_plan_notice")
    def post(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Put a plan on public notice for the days that its size asks for."""
        plan = permissions.access_plan_to_prepare(request.user, purchase_plan_id)
        asked = read_input(self.Input, request)
        said = publicity.Intent(goods=asked["goods"], sellers=asked["sellers"], people=asked["people"])

        def act(at: dt.datetime) -> dict[str, str]:
            notice = publicity.put_on_notice(plan, said, by=request.user, at=at)
            return {"notice": notice.number, "ends_on": notice.ends_on.isoformat()}

        return Response(act_for_program(request, asked, act), status=201)


class PlanQuotes(APIView):
    """The quotes of a plan."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="PlanQuoteIn")
    class Input(serializers.Serializer):
        """What a supplier asks in all, with a photo of its quote."""

        supplier = serializers.CharField(max_length=plan_quotes.LONGEST_SUPPLIER)
        amount = YuanField()
        photo = serializers.FileField()

    @extend_schema(parameters=PAGING, responses=PlanQuotePageOut, operation_id="purchase_plan_quotes")
    def get(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """List the quotes of a plan, the newest first."""
        plan = permissions.access_plan(request.user, purchase_plan_id)
        return answer_page(quotes_of(plan), PlanQuoteOut, request=request, view=self, pages=Newest)

    @extend_schema(request=Input, responses={201: PlanQuoteOut}, parameters=[KEY], operation_id="purchase_plan_quote")
    def post(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """Keep what a supplier asks for the goods of a plan."""
        plan = permissions.access_plan_to_prepare(request.user, purchase_plan_id)
        asked = read_input(self.Input, request)

        def act(at: dt.datetime) -> dict[str, int]:
            photo = receive_photo(asked["photo"], by=request.user, at=at, public=False)
            said = (asked["supplier"], asked["amount"], photo)
            return {"quote": plan_quotes.add_quote(plan, *said, by=request.user, at=at).pk}

        quote = quotes_of(plan).get(pk=act_for_program(request, asked, act)["quote"])
        return Response(PlanQuoteOut(quote).data, status=201)


class PlanObjections(APIView):
    """What was objected to a plan."""

    @extend_schema(parameters=PAGING, responses=PlanObjectionPageOut, operation_id="purchase_plan_objections")
    def get(self, request: SignedInCall, purchase_plan_id: int) -> Response:
        """List the objections to a plan, the latest first."""
        plan = permissions.access_plan(request.user, purchase_plan_id)
        return answer_page(objections_to(plan), PlanObjectionOut, request=request, view=self, pages=Latest)


class AnswerPlanObjection(APIView):
    """One objection and its answer."""

    @extend_schema_serializer(component_name="PlanObjectionAnswerIn")
    class Input(serializers.Serializer):
        """Whether it is right, and the answer that everybody reads under the notice."""

        upheld = serializers.BooleanField()
        answer = serializers.CharField(max_length=publicity.LONGEST_ANSWER)

    @extend_schema(responses=WordsOfObjectionOut, operation_id="purchase_plan_objection_read")
    def get(self, request: SignedInCall, purchase_plan_id: int, objection_id: UUID) -> Response:
        """Return one objection with its words."""
        objection = permissions.access_plan_objection(request.user, purchase_plan_id, objection_id)
        return Response(WordsOfObjectionOut(objection).data)

    @extend_schema(
        request=Input, responses=WordsOfObjectionOut, parameters=[KEY], operation_id="purchase_plan_objection_answer"
    )
    def post(self, request: SignedInCall, purchase_plan_id: int, objection_id: UUID) -> Response:
        """Answer an objection as a person who did not draw the plan up; upheld, the plan goes back."""
        objection = permissions.access_plan_objection(request.user, purchase_plan_id, objection_id)
        program_acts_on(request, publicity.answer_objection, objection, self.Input)
        objection.refresh_from_db()
        return Response(WordsOfObjectionOut(objection).data)
