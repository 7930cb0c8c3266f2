"""Public notices and objections for the desk's programs: published, withdrawn, answered."""

import datetime as dt
from collections.abc import Callable

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Place
from kernel import clock
from kernel.api_fields import KEY, DayField
from kernel.api_pages import PAGING, KeysetPages, PageOut, answer_page, narrowed_for_program, parameters_of
from losses import permissions
from losses.filters import ObjectionFilter
from losses.models import ReliefScheme
from losses.services import noticing, objecting
from records.doors import act_for_program, program_acts_on
from records.models import Objection, ObjectionReason, ObjectionStatus, PublicNotice


class PublishedOut(serializers.Serializer):
    """A notice as it hangs; its lines are at its own address."""

    number = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField()
    starts_on = DayField()
    ends_on = DayField()
    households = serializers.SerializerMethodField()

    def get_households(self, notice: PublicNotice) -> int:
        """Return how many lines it has."""
        return notice.lines.count()


class Publish(APIView):
    """A list put before the public."""

    level: Place.Level
    publish: staticmethod

    def answer(self, request, scheme_id, place_code):
        """Publish what waits of a place under a scheme; the same key again returns the same notice."""
        place = get_object_or_404(Place, code=place_code, level=self.level)
        permissions.access_publication(request.user, place)
        scheme = get_object_or_404(ReliefScheme, pk=scheme_id)
        service: Callable[..., PublicNotice] = self.publish

        def act(at: dt.datetime) -> dict[str, str]:
            return {"number": service(scheme, place, by=request.user, at=at).number}

        number = act_for_program(request, {}, act)["number"]
        return Response(PublishedOut(PublicNotice.objects.get(number=number)).data, status=201)


class PublishVillage(Publish):
    """The village's list."""

    level, publish = Place.Level.VILLAGE, staticmethod(noticing.publish_village_notice)

    @extend_schema(request=None, responses={201: PublishedOut}, parameters=[KEY], operation_id="notice_publish_village")
    def post(self, request, scheme_id, place_code):
        """Put the quantities of a village on its wall."""
        return self.answer(request, scheme_id, place_code)


class PublishCounty(Publish):
    """The county's list of a township."""

    level, publish = Place.Level.TOWNSHIP, staticmethod(noticing.publish_county_notice)

    @extend_schema(request=None, responses={201: PublishedOut}, parameters=[KEY], operation_id="notice_publish_county")
    def post(self, request, scheme_id, place_code):
        """Publish the held amounts of a township."""
        return self.answer(request, scheme_id, place_code)


class WithdrawNotice(APIView):
    """A notice taken off the wall."""

    @extend_schema_serializer(component_name="NoticeWithdraw")
    class Input(serializers.Serializer):
        """What is wrong with it; everybody can read this."""

        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=PublishedOut, parameters=[KEY], operation_id="notice_withdraw")
    def post(self, request, number):
        """Withdraw it while it runs; its claims wait for a new one."""
        notice = permissions.access_running_notice(request.user, number)
        program_acts_on(request, noticing.withdraw_notice, notice, self.Input)
        notice.refresh_from_db()
        return Response(PublishedOut(notice).data)


class ObjectionOut(serializers.Serializer):
    """An objection as whoever answers it reads it."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.CharField()
    notice = serializers.CharField(source="line.notice.number")
    line_no = serializers.IntegerField(source="line.line_no")
    words = serializers.CharField()
    contact = serializers.CharField()
    at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    late = serializers.SerializerMethodField()
    reason = serializers.CharField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)

    def get_late(self, objection: Objection) -> bool:
        """Return whether it is open after the day by which it was to be answered."""
        return objection.status == ObjectionStatus.OPEN and objection.due_at <= clock.now()


class ObjectionPageOut(PageOut):
    """One page of objections."""

    results = ObjectionOut(many=True)


class NewestFirst(KeysetPages):
    """What was said last in front."""

    ordering = ("-at", "-pk")  # type: ignore[assignment]


class Objections(APIView):
    """The objections of one's area."""

    @extend_schema(
        parameters=[*parameters_of(ObjectionFilter), *PAGING],
        responses=ObjectionPageOut,
        operation_id="objection_list",
    )
    def get(self, request):
        """List them, newest first."""
        permissions.access_desk(request.user)
        seen = Objection.objects.filter(line__notice__in=permissions.notices_of(request.user))
        rows = narrowed_for_program(request, ObjectionFilter, seen.select_related("line__notice"))
        return answer_page(rows, ObjectionOut, request=request, view=self, pages=NewestFirst)


class AnswerObjection(APIView):
    """The answer to an objection."""

    @extend_schema_serializer(component_name="ObjectionAnswer")
    class Input(serializers.Serializer):
        """Whether it is right, why as everybody reads it, and the words that are told to whoever asks."""

        upheld = serializers.BooleanField()
        reason = serializers.ChoiceField(ObjectionReason.choices)
        answer = serializers.CharField(max_length=1000)

    @extend_schema(request=Input, responses=ObjectionOut, parameters=[KEY], operation_id="objection_answer")
    def post(self, request, objection_id):
        """Answer it as somebody who neither published the notice nor had a hand in the claim."""
        objection = permissions.access_objection(request.user, objection_id)
        program_acts_on(request, objecting.answer_objection, objection, self.Input)
        objection.refresh_from_db()
        return Response(ObjectionOut(objection).data)
