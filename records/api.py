"""Public notices for programs: masked like the pages, readable by everybody."""

import datetime as dt
import uuid

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle
from rest_framework.views import APIView

from kernel import clock
from kernel.api_fields import KEY, DayField, KilogramField, WholeNumberField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page
from records.doors import act_for_program
from records.models import Objection
from records.pages.notices import is_of_plan
from records.pages.posters import signed_file
from records.selectors import notices as selectors
from records.services import notices
from records.services.scans import PDF


class LineOut(serializers.Serializer):
    """One masked line; its number says nothing about the claim."""

    line_no = serializers.IntegerField()
    name = serializers.CharField(source="masked_name")
    village = serializers.CharField(source="village_name")
    goods = serializers.CharField()
    kg = KilogramField(source="quantity_g")
    yuan = YuanField(source="amount_fen", allow_null=True)


class NoticeOut(serializers.Serializer):
    """One public notice."""

    number = serializers.CharField()
    title = serializers.CharField()
    round = serializers.CharField()
    place = serializers.CharField(source="place_name")
    basis = serializers.CharField()
    starts_on = DayField()
    ends_on = DayField()
    working_days = serializers.IntegerField()
    status = serializers.CharField()
    households = serializers.IntegerField()


class NoticePageOut(PageOut):
    """One page of notices."""

    results = NoticeOut(many=True)


class OutcomeOut(serializers.Serializer):
    """What became of an objection, without who objected and in which words."""

    number = serializers.CharField()
    at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    status = serializers.CharField()
    reason = serializers.CharField(help_text="of relief: why it was right or was not; else empty")
    answer = serializers.SerializerMethodField(help_text="of what a buyer means to buy, in words; of relief empty")

    def get_answer(self, objection: Objection) -> str:
        """Return the words of an answer that everybody may read."""
        return objection.answer if self.context["in_words"] else ""


class SignatureOut(serializers.Serializer):
    """Which certificate signed the sheet of a notice."""

    subject = serializers.CharField()
    issuer = serializers.CharField()
    serial = serializers.CharField(help_text="in hexadecimal")
    valid_until = serializers.DateTimeField()
    signed_at = serializers.DateTimeField(source="at")
    time_stamped = serializers.BooleanField(source="stamped")
    sha256 = serializers.CharField(source="file.sha256", help_text="of the file")


class NoticeDetailOut(NoticeOut):
    """One public notice with its lines, as long as they may be shown."""

    withdrawn = serializers.CharField(help_text="why it was withdrawn; empty for all others")
    open = serializers.BooleanField()
    days_left = serializers.IntegerField()
    lines = LineOut(many=True)
    objections = OutcomeOut(many=True)
    signature = SignatureOut(allow_null=True)


class Notices(APIView):
    """What is or was on public notice."""

    permission_classes = [AllowAny]

    @extend_schema(parameters=PAGING, responses=NoticePageOut, operation_id="notice_list")
    def get(self, request: Request) -> Response:
        """List notices, the newest first."""
        return answer_page(selectors.public_notices(), NoticeOut, request=request, view=self)


class Notice(APIView):
    """One public notice."""

    permission_classes = [AllowAny]

    @extend_schema(responses=NoticeDetailOut, operation_id="notice_detail")
    def get(self, request: Request, number: str) -> Response:
        """Return one notice with its masked lines."""
        page = selectors.page_of(get_object_or_404(selectors.counted(), number=number), at=clock.now())
        more = {
            "withdrawn": notices.why_withdrawn(page.notice),
            "open": page.runs,
            "days_left": page.days_left,
            "lines": LineOut(page.lines, many=True).data,
            "objections": OutcomeOut(page.objections, many=True, context={"in_words": is_of_plan(page.notice)}).data,
            "signature": SignatureOut(page.signature).data if page.signature else None,
        }
        return Response(NoticeOut(page.notice).data | more)


class SignedSheet(APIView):
    """The signed sheet of a notice."""

    permission_classes = [AllowAny]

    @extend_schema(responses={(200, PDF): bytes}, operation_id="notice_signed")
    def get(self, request: Request, number: str) -> FileResponse:
        """Return the PDF that the county's certificate signed, as long as its lines may be shown."""
        signature = _page(number).signature
        if signature is None:
            raise Http404
        return signed_file(signature)


class ObjectionsAnon(AnonRateThrottle):
    rate = "10/hour"
    scope = "objections"


class ObjectionsUser(UserRateThrottle):
    rate = "10/hour"
    scope = "objections-of-users"


class Object(APIView):
    """An objection to one line, with or without a name."""

    permission_classes = [AllowAny]
    throttle_classes = [ObjectionsAnon, ObjectionsUser]

    @extend_schema_serializer(component_name="NoticeObjection")
    class Input(serializers.Serializer):
        """Which line, and what is wrong with it."""

        line_no = WholeNumberField(min_value=1, max_value=2**31 - 1)
        words = serializers.CharField(max_length=2000)
        contact = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)

    @extend_schema_serializer(component_name="ObjectionNumber")
    class Output(serializers.Serializer):
        """The number and the check word by which the answer can be asked for, and by when it is answered."""

        number = serializers.CharField()
        check_word = serializers.CharField()
        due_at = serializers.DateTimeField()

    @extend_schema(request=Input, responses={201: Output}, parameters=[KEY], operation_id="notice_object")
    def post(self, request: Request, number: str) -> Response:
        """Object to one line; only this line waits."""
        page = _page(number)
        data = read_input(self.Input, request)
        line = get_object_or_404(page.notice.lines.all(), line_no=data["line_no"])

        def act(at: dt.datetime) -> dict[str, str]:
            objection = notices.object_to(line, words=data["words"], contact=data["contact"], at=at)
            return {"number": objection.number, "objection": str(objection.pk)}

        taken = act_for_program(request, data, act)
        key = uuid.UUID(taken["objection"])
        told = {"number": taken["number"], "check_word": notices.check_word(key), "due_at": selectors.due_at_of(key)}
        return Response(self.Output(told).data, status=201)


def _page(number: str) -> selectors.NoticePage:
    notice = get_object_or_404(selectors.public_notices(), number=number)
    return selectors.page_of(notice, at=clock.now())
