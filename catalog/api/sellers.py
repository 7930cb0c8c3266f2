"""Sellers for programs: who grows what and when, the seasons of one's own land, the papers of a lot."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Household, Role
from accounts.selectors import standing
from catalog import permissions
from catalog.models import CapacityReason, Paper, PaperStatus
from catalog.selectors.buyers import buyer_of
from catalog.selectors.match import MOST, Grower, who_grows
from catalog.selectors.papers import papers_of
from catalog.selectors.seasons import seasons_of
from kernel.api_fields import DayField, KilogramField
from kernel.identity import LARGEST_ID
from produce import permissions as produce_permissions

GROWERS_SEEN_BY = (Role.TOWNSHIP_OFFICER, Role.VERIFIER, Role.BUREAU_APPROVER)
MOST_SEASONS = 50
MOST_DAYS = 366


class GrowerOut(serializers.Serializer):
    """One household that harvests the produce in these days; no name, no telephone."""

    household = serializers.CharField(help_text="Its number in the register.")
    village = serializers.CharField()
    capacity_kg = KilogramField()
    on_sale_kg = KilogramField()


class GrowersOut(serializers.Serializer):
    """Who grows this, most on sale first; at most 500."""

    results = GrowerOut(many=True)


class PlotOut(serializers.Serializer):
    """What a household grows on how much land, and when it is harvested."""

    id = serializers.IntegerField(help_text="To correct it: the `season` of a change in the register `plots`.")
    produce = serializers.CharField(source="produce.code")
    village = serializers.CharField(source="village_id")
    parcel = serializers.CharField()
    area_mu = serializers.SerializerMethodField()
    capacity_kg = KilogramField(source="capacity_g")
    capacity_reason = serializers.ChoiceField(CapacityReason.choices)
    contracted_kg = KilogramField(source="contracted_g")
    listed_kg = KilogramField(source="listed_g")
    claimed_kg = KilogramField(source="claimed_g")
    harvest_from = DayField()
    harvest_to = DayField()

    def get_area_mu(self, season) -> str:
        """Return the area in mu."""
        return f"{season.area_cmu // 100}.{season.area_cmu % 100:02d}"


class PlotsOut(serializers.Serializer):
    """The latest 50 seasons of one's own household."""

    results = PlotOut(many=True)


WITHDRAWN = "withdrawn"
PAPER_STATES = [*PaperStatus.choices, (WITHDRAWN, pgettext_lazy("paper", "Withdrawn from sale"))]


class PaperOut(serializers.Serializer):
    """One paper of a lot."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(Paper.Kind.choices)
    status = serializers.ChoiceField(
        PAPER_STATES, help_text="withdrawn: the lot is recalled, none of its papers counts."
    )
    issued_on = DayField()
    check_url = serializers.CharField(
        help_text="Where anybody who has this address checks the paper; empty unless one buys, sells or oversees it."
    )


class PapersOut(serializers.Serializer):
    """The papers of one lot, the newest first."""

    results = PaperOut(many=True)


class Growers(APIView):
    """Who grows this, here, then."""

    @extend_schema_serializer(component_name="GrowersInput")
    class Input(serializers.Serializer):
        """Goods, days and area; the area is what one looks after unless said."""

        produce = serializers.SlugField(max_length=32)
        first = DayField()
        last = DayField()
        area = serializers.RegexField(r"^[0-9]{6,12}$", required=False, default="")

    @extend_schema(
        operation_id="grower_list",
        responses=GrowersOut,
        parameters=[
            OpenApiParameter("produce", str, required=True, description="The code of the goods."),
            OpenApiParameter("from", dt.date, required=True, description="The first day of the harvest asked for."),
            OpenApiParameter("to", dt.date, required=True, description="The last day; at most 366 days on."),
            OpenApiParameter("area", str, description="6 to 12 leading digits of a place one looks after."),
        ],
    )
    def get(self, request):
        """Return the households of one's area that harvest the produce between two days."""
        who = standing(request.user)
        areas = {post.prefix for post in who.posts if post.role in GROWERS_SEEN_BY}
        if not areas:
            raise PermissionDenied
        query = request.query_params
        named = {"produce": "produce", "from": "first", "to": "last", "area": "area"}
        typed = _valid(self.Input(data={ours: query[name] for name, ours in named.items() if query.get(name)}))
        if not 0 <= (typed["last"] - typed["first"]).days <= MOST_DAYS:
            raise ValidationError({"to": [_("Ask for 1 to 366 days.")]})
        if typed["area"]:
            if not who.covers(typed["area"], *GROWERS_SEEN_BY):
                raise PermissionDenied
            areas = {typed["area"]}
        areas = {area for area in areas if not any(area != other and area.startswith(other) for other in areas)}
        produce = produce_permissions.produce_or_404(typed["produce"])
        growers = [
            grower for area in sorted(areas) for grower in who_grows(produce, typed["first"], typed["last"], area=area)
        ]
        growers.sort(key=lambda grower: (-grower.on_sale_g, -grower.capacity_g))
        return Response(GrowersOut({"results": _numbered(growers[:MOST])}).data)


class Plots(APIView):
    """What one's own household grows; it is written down and corrected in the register `plots`."""

    @extend_schema(operation_id="plot_list", responses=PlotsOut)
    def get(self, request):
        """Return the seasons of one's own land, the latest harvest first."""
        return Response(_seasons(permissions.access_sell(request.user)))


class ListingPapers(APIView):
    """The papers of one lot."""

    @extend_schema(operation_id="listing_papers", responses=PapersOut)
    def get(self, request, listing_id: int):
        """Return the papers of a lot this account may see, and to its buyers and sellers where each is checked."""
        if listing_id > LARGEST_ID:
            raise Http404
        lot = permissions.seen_by(request.user).filter(pk=listing_id).first()
        if lot is None:
            raise Http404
        led = (
            buyer_of(request.user) is not None
            or permissions.can_stop_sale(request.user, lot)
            or permissions.managed_by(request.user).filter(pk=lot.pk).exists()
        )
        rows = [
            {
                "number": paper.number,
                "kind": paper.kind,
                "status": paper.status if lot.recalled_at is None else WITHDRAWN,
                "issued_on": paper.issued_on,
                "check_url": request.build_absolute_uri(reverse("paper-check", args=[paper.code])) if led else "",
            }
            for paper in papers_of(lot)
        ]
        return Response(PapersOut({"results": rows}).data)


def _numbered(growers: list[Grower]) -> list[dict]:
    """Return growers by the number their household has in the register."""
    numbers = dict(
        Household.objects.filter(pk__in=[grower.household_id for grower in growers]).values_list("pk", "number")
    )
    return [
        {
            "household": numbers[grower.household_id],
            "village": grower.village_id,
            "capacity_kg": grower.capacity_g,
            "on_sale_kg": grower.on_sale_g,
        }
        for grower in growers
    ]


def _seasons(household: Household) -> dict:
    return PlotsOut({"results": seasons_of(household)[:MOST_SEASONS]}).data


def _valid(form: serializers.Serializer) -> dict:
    form.is_valid(raise_exception=True)
    return form.validated_data
