"""Reserved shares for programs: the same rows as the board, amounts as decimal text."""

import datetime as dt

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from accounts.models import Organisation
from canteens.models import ShareCause
from canteens.services.shares import name_cause
from kernel import clock
from kernel.api_fields import KEY, IdField, YuanField, read_input
from kernel.api_pages import narrowed_for_program, parameters_of
from records.doors import act_for_program
from reports import permissions
from reports.filters import SHARE_STATES, ShareBoardFilter
from reports.pages.shares import narrowed_rows, year_asked
from reports.selectors.shares import shares


class ShareOut(serializers.Serializer):
    """How one buyer stands with its share of a year."""

    organisation = IdField(source="organisation_id")
    name = serializers.CharField()
    superior = serializers.CharField()
    reported_by = serializers.CharField(source="reporter")
    run_by = serializers.CharField()
    state = serializers.ChoiceField(SHARE_STATES)
    due = YuanField(source="due_fen")
    counted = YuanField(source="counted_fen")
    no_invoice = YuanField(source="no_invoice_fen", help_text="Of what counts, without a matched invoice.")
    on_way = YuanField(source="on_way_fen")
    paid = YuanField(source="paid_fen", help_text="Of what counts, on the seller's card.")
    behind = YuanField(source="behind_fen", help_text="Missing to what is due by the end of the last whole month.")
    union = YuanField(source="union_fen", help_text="Bought by the union, counted apart.")
    ratio_permille = serializers.IntegerField()
    pace_permille = serializers.IntegerField()
    cause = serializers.CharField(help_text="no_invoices, no_papers or no_supply, or empty.")
    words = serializers.CharField()


class CauseIn(serializers.Serializer):
    """Why a buyer is behind."""

    cause = serializers.ChoiceField(ShareCause.choices)
    words = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class Shares(APIView):
    """The board."""

    @extend_schema(parameters=parameters_of(ShareBoardFilter), responses=ShareOut(many=True), operation_id="shares")
    def get(self, request: SignedInCall) -> Response:
        """List the buyers one looks after, whoever is furthest behind first."""
        overseen = permissions.access_share_board(request.user)
        units = Organisation.objects.filter(kind=Organisation.Kind.BUYER)
        units = units if overseen is None else units.filter(pk__in=overseen)
        found = narrowed_for_program(request, ShareBoardFilter, units)
        at = clock.now()
        rows = shares(
            year_asked(request.query_params, clock.county_day(at)), at=at, units=found.values_list("pk", flat=True)
        )
        return Response(ShareOut(narrowed_rows(rows, request.query_params), many=True).data)


class OneShare(APIView):
    """One buyer."""

    @extend_schema(responses=ShareOut, operation_id="share")
    def get(self, request: SignedInCall, organisation_id: int) -> Response:
        """Return how one buyer stands with its share of this year, or of the `year` that is asked for."""
        return _answer(request, permissions.access_share(request.user, organisation_id))


class ExplainShare(APIView):
    """Why a buyer is behind."""

    @extend_schema(request=CauseIn, responses=ShareOut, parameters=[KEY], operation_id="share_cause")
    def post(self, request: SignedInCall, organisation_id: int) -> Response:
        """Say why one's buyer is behind with its share of this year."""
        unit = permissions.access_share_to_explain(request.user, organisation_id)
        said = read_input(CauseIn, request)

        def act(at: dt.datetime) -> None:
            name_cause(unit, clock.county_day(at).year, said["cause"], words=said["words"], by=request.user, at=at)

        act_for_program(request, said, act)
        return _answer(request, unit)


def _answer(request: SignedInCall, unit: Organisation) -> Response:
    at = clock.now()
    rows = shares(year_asked(request.query_params, clock.county_day(at)), at=at, units=[unit.pk])
    if not rows:
        raise NotFound(_("This buyer has no canteen to keep a share for."))
    return Response(ShareOut(rows[0]).data)
