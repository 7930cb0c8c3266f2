"""Notices of loss for programs: given, read, taken back."""

import datetime as dt

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.api_fields import KEY, DayField, IdField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program, parameters_of
from losses import permissions
from losses.api.claims import MOST_PHOTOS, Quantity, goods_of, stock_of
from losses.filters import LossNoticeFilter
from losses.forms import CONSENTS
from losses.models import Cause, LossNotice
from losses.pages.loss_notices import name_for
from losses.selectors.loss_notices import notices_seen_by
from losses.services import loss_notices
from produce.api_fields import ProduceNameField
from records.doors import act_for_program, program_acts_on
from records.services.photos import receive_photo


class LossNoticeOut(serializers.Serializer):
    """One notice of loss; the household's name masked for those who need no more."""

    id = IdField()
    status = serializers.CharField()
    produce = serializers.CharField(source="goods.produce.code")
    produce_name = ProduceNameField(source="goods.produce")
    listing = IdField(source="listing_id", allow_null=True)
    season = IdField(source="plot_season_id", allow_null=True)
    cause = serializers.CharField()
    about = serializers.IntegerField(help_text="in the stock unit of the goods, as guessed")
    seen_on = DayField()
    late = serializers.BooleanField(help_text="said later than the county's rule asks")
    words = serializers.CharField()
    village = serializers.CharField(source="household.village.short_name")
    name = serializers.SerializerMethodField()
    by_proxy = serializers.BooleanField()
    by_text = serializers.SerializerMethodField()
    at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    claim = IdField(source="claim_id", allow_null=True)

    def get_name(self, notice: LossNotice) -> str:
        """Return the head of household, in full only for those who may read it."""
        return name_for(notice, self.context["request"].user)

    def get_by_text(self, notice: LossNotice) -> bool:
        """Say whether the household texted it."""
        return notice.text_id is not None


class LossNoticePageOut(PageOut):
    """One page of notices of loss."""

    results = LossNoticeOut(many=True)


class Notices(APIView):
    """The notices one sees, and a new one."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="LossNoticeGive")
    class Input(Quantity):
        """About how much of one lot or one crop is lost; photos, if any, come as files."""

        listing = IdField(required=False, help_text="the lot; else `season`")
        season = IdField(required=False, help_text="what is grown and was never harvested; else `listing`")
        cause = serializers.ChoiceField(Cause.choices)
        seen_on = DayField()
        words = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
        consent = serializers.ChoiceField(CONSENTS, required=False, default="", allow_blank=True)
        photos = serializers.ListField(child=serializers.FileField(), required=False, max_length=MOST_PHOTOS)

    @extend_schema(
        parameters=[*PAGING, *parameters_of(LossNoticeFilter)],
        responses=LossNoticePageOut,
        operation_id="loss_notice_list",
    )
    def get(self, request):
        """List the notices, newest first."""
        rows = narrowed_for_program(request, LossNoticeFilter, notices_seen_by(request.user))
        return answer_page(rows, LossNoticeOut, request=request, view=self)

    @extend_schema(
        request={"multipart/form-data": Input},
        responses={201: LossNoticeOut},
        parameters=[KEY],
        operation_id="loss_notice_give",
    )
    def post(self, request):
        """Give notice of a loss; the same key again returns the same notice."""
        data = read_input(self.Input, request)
        goods = goods_of(request.user, data)
        about = stock_of(goods, data)

        def act(at: dt.datetime) -> dict[str, int]:
            photos = [receive_photo(photo, by=request.user, at=at, public=False) for photo in data.get("photos", [])]
            notice = loss_notices.give_notice(
                goods=goods,
                cause=data["cause"],
                about=about,
                seen_on=data["seen_on"],
                words=data["words"],
                photos=photos,
                by=request.user,
                at=at,
                consent=data["consent"],
            )
            return {"notice": notice.pk}

        said = {name: value for name, value in data.items() if name != "photos"}
        return _notice(request, act_for_program(request, said, act)["notice"], status=201)


class Notice(APIView):
    """One notice of loss."""

    @extend_schema(responses=LossNoticeOut, operation_id="loss_notice_detail")
    def get(self, request, notice_id):
        """Return one notice."""
        return _notice(request, notice_id)


class WithdrawNotice(APIView):
    """A notice taken back."""

    @extend_schema(request=None, responses=LossNoticeOut, parameters=[KEY], operation_id="loss_notice_withdraw")
    def post(self, request, notice_id):
        """Take a notice back, as whoever gave it or as the household."""
        notice = permissions.access_notice_of_loss(request.user, notice_id, to_act=True)
        program_acts_on(request, loss_notices.take_back, notice)
        return _notice(request, notice_id)


def _notice(request, notice_id, *, status=200) -> Response:
    notice = permissions.access_notice_of_loss(request.user, notice_id)
    return Response(LossNoticeOut(notice, context={"request": request}).data, status=status)
