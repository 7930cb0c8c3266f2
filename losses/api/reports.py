"""Reports of loss for programs: several goods at once, and a report with its lines as they stand."""

import datetime as dt
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, KilogramField, YuanField, read_input
from kernel.api_pages import PAGING, KeysetPages, PageOut
from kernel.errors import BadValue
from losses import permissions
from losses.api.claims import MOST_PHOTOS, Quantity, stock_of
from losses.api.told import ToldIn, told_of
from losses.forms import CONSENTS
from losses.models import MOST_LINES, Cause, Goods
from losses.pages.reports import key_of
from losses.pages.words import head_name
from losses.selectors.claims import latest_figure, mine
from losses.selectors.lots import goods_to_report
from losses.selectors.reports import SeenLine, SeenReport, reports_of, seen_report, seen_reports
from losses.services import reporting
from produce.api_fields import ProduceNameField
from records.doors import act_for_program
from records.services.photos import receive_photo


class ReportLineOut(serializers.Serializer):
    """A line of a report: the claim that it is, where it stands, what it comes to."""

    line = serializers.IntegerField(source="claim.line")
    claim = IdField(source="claim.pk")
    number = serializers.CharField(source="claim.number")
    status = serializers.CharField(source="claim.status")
    produce = serializers.CharField(source="claim.goods.produce.code")
    produce_name = ProduceNameField(source="claim.goods.produce")
    listing = IdField(source="claim.listing_id", allow_null=True)
    season = IdField(source="claim.plot_season_id", allow_null=True)
    sale = IdField(source="claim.sale_id", allow_null=True)
    scheme = IdField(source="claim.scheme_id")
    category = serializers.CharField(source="claim.rate.category")
    kg = serializers.SerializerMethodField()
    amount_yuan = YuanField(source="fen", help_text="at the rate before it is computed")
    computed = serializers.BooleanField()
    paid_yuan = YuanField(source="paid_fen")

    @extend_schema_field(KilogramField())
    def get_kg(self, line: SeenLine) -> str:
        """Return the latest weight."""
        return KilogramField().to_representation(latest_figure(line.claim).quantity_g)


class ReportOut(serializers.Serializer):
    """A report as whoever may see its lines reads it; sums are of the lines shown, without those that ended."""

    id = IdField(source="report.pk")
    number = serializers.CharField(source="report.number")
    cause = serializers.CharField(source="report.cause")
    happened_on = DayField(source="report.happened_on")
    filed_at = serializers.DateTimeField(source="report.filed_at")
    by_proxy = serializers.BooleanField(source="report.by_proxy")
    takes_up = IdField(source="report.takes_up_id", allow_null=True, help_text="whose refused line it brings back")
    village = serializers.CharField(source="report.household.village.short_name")
    name = serializers.SerializerMethodField()
    of = serializers.IntegerField(help_text="lines it has in all")
    amount_yuan = YuanField(source="fen")
    paid_yuan = YuanField(source="paid_fen")
    lines = ReportLineOut(many=True)

    def get_name(self, seen: SeenReport) -> str:
        """Return the head of household, in full only for those who may read it."""
        claim = seen.lines[0].claim
        return head_name(claim, full=permissions.sees_names(self.context["request"].user, claim))


class ReportPageOut(PageOut):
    """One page of reports."""

    results = ReportOut(many=True)


class ReportLineIn(Quantity):
    """A lot, or a crop never harvested, and how much of it is lost; its own photos come as files."""

    listing = IdField(required=False, help_text="the lot; else `season`")
    season = IdField(required=False, help_text="what is grown and was never harvested; else `listing`")
    sure = serializers.BooleanField(required=False, default=False, help_text="an amount far above the usual is meant")
    photos = serializers.ListField(
        child=serializers.FileField(), required=False, max_length=MOST_PHOTOS, help_text="of this line alone"
    )


class Reports(APIView):
    """One's own reports, and a new one of one or several goods."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="ReportFile")
    class Input(ToldIn):
        """One harm and what it took: `lines[0]listing`, `lines[0]kg`, `lines[1]listing` and so on; photos as files."""

        lines = serializers.ListField(child=ReportLineIn(), min_length=1, max_length=MOST_LINES)
        cause = serializers.ChoiceField(Cause.choices)
        happened_on = DayField()
        words = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
        consent = serializers.ChoiceField(CONSENTS, required=False, default="", allow_blank=True)
        photos = serializers.ListField(
            child=serializers.FileField(), required=False, max_length=MOST_PHOTOS, help_text="of all lines together"
        )

    @extend_schema(parameters=PAGING, responses=ReportPageOut, operation_id="claim_report_list")
    def get(self, request):
        """List the household's reports and those one filed for others, newest first."""
        claims = permissions.visible_claims(request.user)
        rows = reports_of(claims.filter(mine(request.user)))
        cutter = KeysetPages()
        page = seen_reports(cutter.paginate_queryset(rows, request, view=self) or [], claims)
        return cutter.get_paginated_response(ReportOut(page, many=True, context={"request": request}).data)

    @extend_schema(
        request={"multipart/form-data": Input},
        responses={201: ReportOut},
        parameters=[KEY],
        operation_id="claim_report_file",
    )
    def post(self, request):
        """Report them: all lines or none; the same key again returns the same report."""
        data = read_input(self.Input, request)
        goods, told = _goods_of(request.user, data["lines"]), told_of(data)
        quantities = [stock_of(one, line) for one, line in zip(goods, data["lines"], strict=True)]

        def act(at: dt.datetime) -> dict[str, int]:
            def received(said: Any) -> list:
                photos = said.get("photos", [])
                return [receive_photo(photo, by=request.user, at=at, public=False) for photo in photos]

            asked = [
                reporting.Asked(one, quantity, line["sure"], received(line))
                for one, quantity, line in zip(goods, quantities, data["lines"], strict=True)
            ]
            report = reporting.file_report(
                reporting.lines_under_rules(asked, happened_on=data["happened_on"], on=clock.county_day(at)),
                cause=data["cause"],
                happened_on=data["happened_on"],
                words=data["words"],
                photos=received(data),
                by=request.user,
                at=at,
                consent=data["consent"],
                told=told,
            )
            return {"report": report.pk}

        said = {name: value for name, value in data.items() if name not in ("photos", "lines")}
        lines = [{name: value for name, value in line.items() if name != "photos"} for line in data["lines"]]
        answer = act_for_program(request, said | {"lines": lines}, act)
        return _shown(request, answer["report"], status=201)


class Report(APIView):
    """One report."""

    @extend_schema(responses=ReportOut, operation_id="claim_report_detail")
    def get(self, request, report_id):
        """Return a report with those of its lines that one may see."""
        return _shown(request, report_id)


def _goods_of(user: User, lines: list[dict[str, Any]]) -> list[Goods]:
    """Return the lot or crop that each line names, in two statements; 404 where one is not this person's to report."""
    if any(("listing" in line) == ("season" in line) for line in lines):
        raise BadValue(_("Send either `listing` or `season`."))
    asked = [("lot", line["listing"]) if "listing" in line else ("season", line["season"]) for line in lines]
    lots, seasons = ([key for name, key in asked if name == kind] for kind in ("lot", "season"))
    found = {key_of(one): one for one in goods_to_report(user, lots, seasons)}
    try:
        return [found[name, str(key)] for name, key in asked]
    except KeyError:
        raise Http404 from None


def _shown(request, report_id: int, *, status: int = 200) -> Response:
    seen = seen_report(report_id, permissions.visible_claims(request.user))
    if seen is None:
        raise Http404
    return Response(ReportOut(seen, context={"request": request}).data, status=status)
