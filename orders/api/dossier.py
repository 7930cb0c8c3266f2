"""The whole file of a delivery, or of a fund over some days, for programs."""

import datetime as dt

from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, read_input
from kernel.downloads import as_zip
from orders import permissions
from orders.forms.papers import DossierForm
from orders.pages import dossier as pages
from orders.pages.fund_files import archive_in_pieces, archive_name
from orders.selectors.dossier import MOST_AT_ONCE, gathered, links_of, trips_of_period
from orders.selectors.fund_files import MOST_SHOWN, fund_files_of, photos_of
from orders.services import linking
from orders.services.filing import ask_for_file
from records.doors import act_for_program, program_acts_on


class DossierSectionOut(serializers.Serializer):
    """One kind of documents as a table of words."""

    key = serializers.CharField()
    title = serializers.CharField()
    head = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()), source="shown")


class DossierCheckOut(serializers.Serializer):
    """One sum of the papers beside the same sum of the books."""

    what = serializers.CharField()
    papers = serializers.CharField()
    books = serializers.CharField()
    agrees = serializers.BooleanField()


class DossierOut(serializers.Serializer):
    """The file: its sections, what is missing, whether papers and books agree."""

    title = serializers.CharField()
    buyer = serializers.CharField()
    about = serializers.CharField()
    sections = DossierSectionOut(many=True)
    missing = serializers.ListField(child=serializers.CharField())
    checks = DossierCheckOut(many=True)
    agrees = serializers.BooleanField()


class DeliveryDossier(APIView):
    """The file of one trip."""

    @extend_schema(responses=DossierOut, operation_id="delivery_dossier")
    def get(self, request: SignedInCall, delivery_id: int) -> Response:
        """Return every document of a trip and what is missing, as its page shows it."""
        trip = permissions.access_dossier(request.user, delivery_id)
        return Response(DossierOut(pages.of_trip(trip, gathered([trip.pk]), user=request.user, at=clock.now())).data)


class FundDossier(APIView):
    """The file of a fund over some days."""

    class Filter(serializers.Serializer):
        """The first and the last day on which its deliveries were signed for."""

        first = DayField()
        last = DayField()

    @extend_schema(parameters=[Filter], responses=DossierOut, operation_id="fund_dossier")
    def get(self, request: SignedInCall, fund_id: int) -> Response:
        """Return every document of these days, at most of so many deliveries as one page holds."""
        fund = permissions.access_dossier_fund(request.user, fund_id)
        form = DossierForm(request.query_params)
        if not form.is_valid():
            raise ValidationError(form.errors.get_json_data())
        days = form.days()
        trips = list(trips_of_period(fund, *days).values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(trips) > MOST_AT_ONCE:
            raise ValidationError({"last": [pages.too_many()]})
        whole = pages.of_fund(fund, gathered(trips, fund), days=days, user=request.user, at=clock.now())
        return Response(DossierOut(whole).data)


class FundFileOut(serializers.Serializer):
    """One file made in the background: its days, how many deliveries, how it stands."""

    id = IdField(source="pk")
    first = DayField(source="first_on")
    last = DayField(source="last_on")
    deliveries = serializers.IntegerField()
    asked_at = serializers.DateTimeField(source="at")
    made_at = serializers.DateTimeField(allow_null=True)
    stopped_at = serializers.DateTimeField(allow_null=True, help_text="It could not be made.")
    gone_at = serializers.DateTimeField(allow_null=True, help_text="It was let go of.")


class FundFiles(APIView):
    """Files of many deliveries, made in the background."""

    @extend_schema_serializer(component_name="FundFileIn")
    class Input(serializers.Serializer):
        """The first and the last day on which its deliveries were signed for."""

        first = DayField()
        last = DayField()

    @extend_schema(responses=FundFileOut(many=True), operation_id="fund_file_list")
    def get(self, request: SignedInCall, fund_id: int) -> Response:
        """List the files of a fund that oneself asked for, the newest first."""
        fund = permissions.access_dossier_fund(request.user, fund_id)
        rows = fund_files_of(request.user).filter(fund=fund)[:MOST_SHOWN]
        return Response(FundFileOut(rows, many=True).data)

    @extend_schema(request=Input, responses={202: FundFileOut}, parameters=[KEY], operation_id="fund_file_new")
    def post(self, request: SignedInCall, fund_id: int) -> Response:
        """Have the file of these days made; its list says when it is ready."""
        fund = permissions.access_dossier_fund(request.user, fund_id)
        data = read_input(self.Input, request)
        form = DossierForm({name: str(day) for name, day in data.items()})
        if not form.is_valid():
            raise ValidationError(form.errors.get_json_data())

        def act(at: dt.datetime) -> dict[str, int]:
            first, last = form.days()
            return {"file": ask_for_file(fund, first=first, last=last, by=request.user, at=at).pk}

        made = act_for_program(request, data, act)["file"]
        return Response(FundFileOut(fund_files_of(request.user).get(pk=made)).data, status=202)


class FundFileZip(APIView):
    """A made file as one archive."""

    @extend_schema(responses={(200, "application/zip"): bytes}, operation_id="fund_file_zip")
    def get(self, request: SignedInCall, made_id: int) -> StreamingHttpResponse:
        """Return the archive: page, tables, photos."""
        row = permissions.access_fund_file(request.user, made_id)
        return as_zip(archive_in_pieces(row, photos_of(row)), archive_name(row))


class ReadLinkOut(serializers.Serializer):
    """A link to a fund's file: its code, what it shows, until when, how often it was opened."""

    id = IdField(source="pk")
    code = serializers.CharField()
    first = DayField(source="first_on")
    last = DayField(source="last_on")
    until = DayField(source="until_on")
    looks = serializers.IntegerField()
    revoked = serializers.BooleanField()


class ReadLinks(APIView):
    """The links to a fund's file."""

    @extend_schema_serializer(component_name="ReadLinkIn")
    class Input(serializers.Serializer):
        """The days whose file the link shows."""

        first = DayField()
        last = DayField()

    @extend_schema(responses=ReadLinkOut(many=True), operation_id="read_link_list")
    def get(self, request: SignedInCall, fund_id: int) -> Response:
        """List the links to a fund's file, the newest first."""
        fund = permissions.access_fund_to_link(request.user, fund_id)
        return Response(ReadLinkOut(links_of(fund), many=True).data)

    @extend_schema(request=Input, responses={201: ReadLinkOut}, parameters=[KEY], operation_id="read_link_new")
    def post(self, request: SignedInCall, fund_id: int) -> Response:
        """Make a link for the parents' committee."""
        fund = permissions.access_fund_to_link(request.user, fund_id)
        data = read_input(self.Input, request)
        form = DossierForm(data)
        if not form.is_valid():
            raise ValidationError(form.errors.get_json_data())
        first, last = form.days()

        def act(at: dt.datetime) -> dict[str, int]:
            return {"link": linking.give_link(fund, first=first, last=last, by=request.user, at=at).pk}

        answer = act_for_program(request, data, act)
        return Response(ReadLinkOut(permissions.access_link(request.user, answer["link"])).data, status=201)


class RevokeLink(APIView):
    """The end of a link."""

    @extend_schema(request=None, responses=ReadLinkOut, parameters=[KEY], operation_id="read_link_revoke")
    def post(self, request: SignedInCall, link_id: int) -> Response:
        """Take a link back."""
        link = permissions.access_link(request.user, link_id)
        program_acts_on(request, linking.take_back, link)
        link.refresh_from_db()
        return Response(ReadLinkOut(link).data)
