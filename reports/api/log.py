"""What was done, what was refused and who looked at whose data, for the auditor's programs."""

from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from accounts.services.readings import answer_mass_reading
from kernel.api_fields import KEY, DayField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program
from records.doors import act_for_program
from records.models import MassReading, Reading, RefusedTry
from reports.filters import ReadingFilter, TriesFilter, log_asked
from reports.pages import log as log_pages
from reports.pages import tries as try_pages
from reports.permissions import access_log, access_mass_reading
from reports.selectors.log import Act, log_page, mass_readings, name_of_hand, readings, tries_seen


class ActOut(serializers.Serializer):
    """One act: when, who, what, to which document; numbers in the note are masked."""

    at = serializers.DateTimeField()
    person = serializers.UUIDField(source="by_id", allow_null=True, help_text="The account; none where the site acts.")
    name = serializers.CharField(source="by")
    document = serializers.CharField()
    event = serializers.CharField(source="kind", help_text="Empty for a step of a document.")
    before = serializers.CharField()
    after = serializers.CharField()
    what = serializers.SerializerMethodField()
    note = serializers.SerializerMethodField()

    def get_what(self, act: Act) -> str:
        """Return what was done in words."""
        return log_pages.what_happened(act)

    def get_note(self, act: Act) -> str:
        """Return the note without long numbers."""
        return log_pages.masked(act.note)


class LogOut(serializers.Serializer):
    """One page of the log; `cursor` asks for the next and the previous."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ActOut(many=True)


class Log(APIView):
    """Who did what to which document."""

    class Input(serializers.Serializer):
        """What the list is narrowed to."""

        first = DayField(required=False)
        last = DayField(required=False)
        kind = serializers.CharField(required=False)
        document = serializers.CharField(required=False)
        person = serializers.UUIDField(required=False)

    @extend_schema(
        parameters=[Input, OpenApiParameter("cursor", str, description="The `next` or `previous` of another page.")],
        responses=LogOut,
        operation_id="log_list",
    )
    def get(self, request: Request) -> Response:
        """List acts, the newest first, 50 at a time."""
        access_log(request.user)
        acts, form = log_asked(request.query_params, log_pages.kinds())
        if acts is None:
            raise ValidationError(form.errors.get_json_data())
        page = log_page(acts, cursor=request.query_params.get("cursor", ""))
        rows = ActOut(page.rows, many=True).data
        return Response({"next": page.next, "previous": page.previous, "results": rows})


class ReadingOut(serializers.Serializer):
    """Somebody looked at the data of so many people."""

    at = serializers.DateTimeField()
    person = serializers.UUIDField(source="by_id")
    name = serializers.SerializerMethodField()
    door = serializers.CharField()
    people = serializers.IntegerField()

    def get_name(self, row: Reading) -> str:
        """Return the name of whoever looked."""
        return name_of_hand(row)


class ReadingPageOut(PageOut):
    """One page of looks at personal data."""

    results = ReadingOut(many=True)


class Readings(APIView):
    """Looks at personal data, for the auditor."""

    class Input(serializers.Serializer):
        """What the list is narrowed to."""

        day = DayField(required=False)
        person = serializers.UUIDField(required=False)

    @extend_schema(parameters=[Input, *PAGING], responses=ReadingPageOut, operation_id="reading_list")
    def get(self, request: Request) -> Response:
        """List looks at personal data, the newest first."""
        access_log(request.user)
        rows = narrowed_for_program(request, ReadingFilter, readings())
        return answer_page(rows, ReadingOut, request=request, view=self)


class MassReadingOut(serializers.ModelSerializer):
    """Somebody read of very many people within an hour, and what the answer was."""

    name = serializers.SerializerMethodField()

    class Meta:
        model = MassReading
        fields = ["id", "on", "at", "people", "name", "asked_at", "answer"]

    def get_name(self, row: MassReading) -> str:
        """Return the name of whoever looked."""
        return name_of_hand(row)


class MassReadingPageOut(PageOut):
    """One page of mass readings."""

    results = MassReadingOut(many=True)


class MassReadings(APIView):
    """Who read of very many people."""

    @extend_schema(parameters=PAGING, responses=MassReadingPageOut, operation_id="mass_reading_list")
    def get(self, request: Request) -> Response:
        """List them, the newest first."""
        access_log(request.user)
        return answer_page(mass_readings(), MassReadingOut, request=request, view=self)


class AnswerMassReading(APIView):
    """Asked why."""

    @extend_schema_serializer(component_name="MassReadingAnswer")
    class Input(serializers.Serializer):
        """What the answer was."""

        answer = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=MassReadingOut, parameters=[KEY], operation_id="mass_reading_answer")
    def post(self, request: SignedInCall, mass_reading_id: int) -> Response:
        """Write down why so much was read."""
        flag = access_mass_reading(request.user, mass_reading_id)
        data: dict[str, Any] = read_input(self.Input, request)
        act_for_program(
            request, data, lambda at: answer_mass_reading(flag, answer=data["answer"], by=request.user, at=at)
        )
        flag.refresh_from_db()
        return Response(MassReadingOut(flag).data)


class RefusedTryOut(serializers.Serializer):
    """Who was refused, at which door, with which document, why, and how often within the minute."""

    at = serializers.DateTimeField()
    person = serializers.UUIDField(source="by_id", help_text="The account; `person` narrows the list to it.")
    name = serializers.SerializerMethodField()
    door = serializers.ChoiceField(choices=list(try_pages.DOORS))
    document = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    why = serializers.SerializerMethodField()
    times = serializers.IntegerField()

    def get_name(self, row: RefusedTry) -> str:
        """Return the name of whoever tried."""
        return try_pages.person_of(row)

    def get_why(self, row: RefusedTry) -> str:
        """Return the sentence of the rule."""
        return str(try_pages.why(row.code))


class RefusedTryPageOut(PageOut):
    """One page of refused tries."""

    results = RefusedTryOut(many=True)


class RefusedTries(APIView):
    """Refused tries at doors of money and decisions, for the auditor."""

    class Input(serializers.Serializer):
        """What the list is narrowed to."""

        day = DayField(required=False)
        door = serializers.ChoiceField(choices=list(try_pages.DOORS), required=False)
        person = serializers.UUIDField(required=False)

    @extend_schema(parameters=[Input, *PAGING], responses=RefusedTryPageOut, operation_id="refused_try_list")
    def get(self, request):
        """List refused tries, the newest first."""
        access_log(request.user)
        at_doors = partial(TriesFilter, doors=try_pages.DOORS)
        rows = narrowed_for_program(request, at_doors, tries_seen())
        return answer_page(rows, RefusedTryOut, request=request, view=self)
