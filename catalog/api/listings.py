"""Supply for programs: the dictionary, the market, one's own lots; the same doors and verbs as the pages."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import permissions
from catalog.filters import MarketFilter, Several
from catalog.models import Listing
from catalog.pages.cards import ready_fields
from catalog.pages.lots import place_of, seller_of
from catalog.selectors import market, search
from catalog.selectors.buyers import buyer_of
from catalog.selectors.serving import hidden_from
from catalog.services import listings
from catalog.services.listings import WITHDRAW_REASONS
from catalog.services.smallest import say_smallest
from kernel import clock, near, versions, weight
from kernel.api_fields import KEY, DayField, KilogramField, WholeNumberField, YuanField, read_input
from kernel.api_pages import require_known
from kernel.identity import LARGEST_ID
from kernel.money import price_per_kg
from produce.models import MOST_PRICE_FEN, Grade, Produce
from produce.services.stock import in_stock_unit
from records.doors import act_for_program
from records.services.photos import photo_url

_DICTIONARY, _DICTIONARY_SECONDS = "api-dictionary:1", 60  # what its answer is kept under, and for how long
CURSOR = OpenApiParameter("cursor", str, description="From `next` or `previous` of another page.")


class GradeOut(serializers.Serializer):
    """One grade and how it is told apart."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    measure = serializers.CharField()
    worth_percent = serializers.IntegerField(allow_null=True, help_text="Of the best grade's price; null: no step.")


class GradeStepOut(serializers.Serializer):
    """A lower grade in which a lot may be taken at the scale."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    percent = serializers.IntegerField(help_text="Of the lot's price.")


class ProduceOut(serializers.Serializer):
    """One entry of the county's dictionary."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    category = serializers.CharField(source="category_id")
    aliases = serializers.ListField(child=serializers.CharField())
    unit = serializers.ChoiceField(["g", "piece"], source="stock_unit")
    piece_kg = KilogramField(source="piece_g", allow_null=True)
    shelf_days = serializers.IntegerField()
    shelf_days_cold = serializers.IntegerField()
    season = serializers.ListField(child=serializers.IntegerField())
    papers = serializers.ListField(child=serializers.CharField())
    grades = GradeOut(many=True)
    forbidden = serializers.BooleanField()
    forbidden_reason = serializers.CharField()


class ListingOut(serializers.Serializer):
    """One lot as everybody may see it: no household is named."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    status = serializers.CharField()
    produce = serializers.CharField(source="produce.code")
    grade = serializers.CharField(source="grade.code", default="")
    grade_steps = GradeStepOut(many=True)
    unit = serializers.ChoiceField(["g", "piece"], source="stock_unit")
    free_kg = serializers.SerializerMethodField()
    free_pieces = serializers.SerializerMethodField()
    yuan_per_kg = serializers.SerializerMethodField()
    place = serializers.SerializerMethodField()
    township = serializers.CharField(source="township_id")
    village = serializers.CharField(source="village_id")
    seller = serializers.SerializerMethodField()
    track = serializers.CharField()
    price_reason = serializers.CharField()
    smallest = serializers.IntegerField(
        help_text="Handed over at least, in `unit`; less only where it is all that is left."
    )
    harvested_on = DayField(allow_null=True)
    expected_from = DayField(allow_null=True)
    expected_to = DayField(allow_null=True)
    sell_by = DayField()
    photo = serializers.SerializerMethodField()

    def get_free_kg(self, lot) -> str:
        """Return what may still be taken, by its usual weight."""
        return weight.kg(lot.grams(lot.free()))

    def get_free_pieces(self, lot) -> int | None:
        """Return how many may still be taken, of what is counted."""
        return lot.free() if lot.piece_g else None

    def get_yuan_per_kg(self, lot) -> str:
        """Return the price of a kilogram."""
        return price_per_kg(lot.price_fen, lot.price_unit_g).replace(",", "")

    def get_place(self, lot) -> str:
        """Return township and village in words."""
        return place_of(lot)

    def get_seller(self, lot) -> str:
        """Return the co-operative, or that a household sells."""
        return seller_of(lot)

    def get_photo(self, lot) -> str:
        """Return the address of its photo, empty without one."""
        return photo_url(lot.cover, 720)


class OwnListingOut(ListingOut):
    """One's own lot with every kilo's fate, in its stock unit."""

    listed = serializers.IntegerField()
    reserved = serializers.IntegerField()
    sold = serializers.IntegerField()
    claimed = serializers.IntegerField()
    written_off = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    free = serializers.IntegerField()


class ListingPageOut(serializers.Serializer):
    """One page of the market, the soonest to spoil first."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ListingOut(many=True)


class ProduceList(APIView):
    """The county's dictionary."""

    @extend_schema(operation_id="produce_list", responses=ProduceOut(many=True))
    def get(self, request):
        """Return every entry, as the dictionary was at most a minute ago."""
        body = near.get_or_set(_DICTIONARY, _dictionary, _DICTIONARY_SECONDS)
        return HttpResponse(body, content_type="application/json")


def _dictionary() -> bytes:
    rows = Produce.objects.prefetch_related("grades").order_by("position", "pk")
    return JSONRenderer().render(ProduceOut(rows, many=True).data)


class Listings(APIView):
    """The market, and putting one's own goods on it."""

    @extend_schema_serializer(component_name="ListingCreateInput")
    class Input(serializers.Serializer):
        """A lot of one's own household: weighed goods in kilograms, animals in pieces."""

        produce = serializers.CharField(max_length=32)
        grade = serializers.CharField(max_length=16, required=False, allow_blank=True, default="")
        kg = KilogramField(required=False)
        pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)
        yuan_per_jin = YuanField(most_fen=MOST_PRICE_FEN)
        harvested_on = DayField()
        smallest_kg = KilogramField(required=False, zero_ok=True, help_text="Handed over at least, of weighed goods.")
        smallest_pieces = WholeNumberField(required=False, min_value=0, max_value=1_000_000)
        price_reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
        sure = serializers.BooleanField(required=False, default=False)

        def validate(self, attrs):
            """Ask for a weight or a number, not both and not neither."""
            if ("kg" in attrs) == ("pieces" in attrs):
                raise serializers.ValidationError({"kg": _("Send either `kg` or `pieces`.")})
            return attrs

    @extend_schema(
        operation_id="listing_list",
        responses=ListingPageOut,
        parameters=[
            CURSOR,
            *[
                OpenApiParameter(name, str, many=isinstance(narrowing, Several))
                for name, narrowing in MarketFilter.base_filters.items()
            ],
        ],
    )
    def get(self, request):
        """Return one page of what is on sale."""
        at, snapshot = versions.now()
        today = clock.county_day(at)
        # Names may be a minute old (docs/adr/0011), and no answer older than that.
        buyer = buyer_of(request.user)
        hidden = hidden_from(buyer.channel if buyer is not None else None, today)
        tag = versions.tag_of(
            snapshot, today, tuple(sorted(hidden)), int(at.timestamp()) // 60, request.get_full_path(), get_language()
        )
        if tag in request.headers.get("If-None-Match", ""):
            return Response(status=304, headers={"ETag": tag})
        counted = market.board(at)
        filters = MarketFilter(request.query_params, board=counted, day=today, hidden=hidden)
        require_known(request, filters.filters)
        if not filters.is_valid():
            raise ValidationError({name: [str(error) for error in errors] for name, errors in filters.errors.items()})
        cursor = request.query_params.get("cursor", "")
        page = search.page_of(filters.question(), board=counted, day=today, cursor=cursor)
        rows = [ready_fields(lot, lambda lot: dict(ListingOut(lot).data)) for lot in page.rows]
        return Response({"next": page.next, "previous": page.previous, "results": rows}, headers={"ETag": tag})

    @extend_schema(operation_id="listing_create", request=Input, responses={201: OwnListingOut}, parameters=[KEY])
    def post(self, request):
        """Put a lot of one's own household on sale."""
        household = permissions.access_sell(request.user)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> dict[str, Any]:
            produce = Produce.objects.filter(code=data["produce"]).first()
            if produce is None:
                raise ValidationError({"produce": [_("There is no such produce in the dictionary.")]})
            grade = Grade.objects.filter(produce=produce, code=data["grade"]).first() if data["grade"] else None
            if data["grade"] and grade is None:
                raise listings.WrongGrade
            lot = listings.put_on_sale(
                household=household,
                produce=produce,
                grade=grade,
                quantity=_quantity(data),
                price_fen=data["yuan_per_jin"],
                harvested_on=data["harvested_on"],
                price_reason=data["price_reason"],
                sure=data["sure"],
                smallest=_least(produce.stock_unit, data.get("smallest_kg"), data.get("smallest_pieces")),
                by=request.user,
                at=at,
            )
            return {"listing": lot.pk}

        answer = act_for_program(request, data, act)
        return Response(_own(request.user, answer["listing"]), status=201)


class ListingDetail(APIView):
    """One lot."""

    @extend_schema(operation_id="listing_detail", responses=ListingOut)
    def get(self, request, listing_id: int):
        """Return a lot that this account may see; of one's own, every kilo's fate as well."""
        lots = market.with_faces(permissions.seen_by(request.user))
        lot = lots.filter(pk=listing_id).first() if listing_id <= LARGEST_ID else None
        if lot is None:
            raise Http404
        if permissions.managed_by(request.user).filter(pk=lot.pk).exists():
            return Response(OwnListingOut(lot).data)
        return Response(ListingOut(lot).data)


class _Act(APIView):
    """One verb on one's own lot, once a key."""

    def own(self, request, listing_id: int) -> Listing:
        """Return a lot this account may change; anybody else's does not exist."""
        if listing_id > LARGEST_ID:
            raise Http404
        return permissions.access_own(request.user, listing_id)

    def acted(self, request, lot: Listing, data: dict, verb) -> Response:
        """Carry the verb out once a key, and return how the lot stands."""

        def act(at: dt.datetime) -> dict[str, Any]:
            verb(lot)
            return {"listing": lot.pk}

        act_for_program(request, data, act)
        return Response(_own(request.user, lot.pk))


class ListingPrice(_Act):
    """Another price."""

    @extend_schema_serializer(component_name="ListingPriceInput")
    class Input(serializers.Serializer):
        """What a jin costs from now on."""

        yuan_per_jin = YuanField(most_fen=MOST_PRICE_FEN)
        price_reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
        sure = serializers.BooleanField(required=False, default=False)

    @extend_schema(operation_id="listing_price", request=Input, responses=OwnListingOut, parameters=[KEY])
    def post(self, request, listing_id: int):
        """Ask another price from now on."""
        lot = self.own(request, listing_id)
        data = read_input(self.Input, request)

        def verb(lot):
            listings.change_price(
                lot,
                price_fen=data["yuan_per_jin"],
                price_unit_g=500,
                price_reason=data["price_reason"],
                sure=data["sure"],
                by=request.user,
                at=clock.now(),
            )

        return self.acted(request, lot, data, verb)


class ListingSmallest(_Act):
    """What is handed over at least."""

    @extend_schema_serializer(component_name="ListingSmallestInput")
    class Input(serializers.Serializer):
        """How much a buyer takes at least; neither sent, or nothing, is any quantity."""

        kg = KilogramField(required=False, zero_ok=True)
        pieces = WholeNumberField(required=False, min_value=0, max_value=1_000_000)

    @extend_schema(operation_id="listing_smallest", request=Input, responses=OwnListingOut, parameters=[KEY])
    def post(self, request, listing_id: int):
        """Say what is handed over of a lot at least from now on."""
        lot = self.own(request, listing_id)
        data = read_input(self.Input, request)

        def verb(lot):
            quantity = _least(lot.stock_unit, data.get("kg"), data.get("pieces"))
            say_smallest(lot, quantity=quantity, by=request.user, at=clock.now())

        return self.acted(request, lot, data, verb)


class ListingWithdraw(_Act):
    """Taking goods back."""

    @extend_schema_serializer(component_name="ListingWithdrawInput")
    class Input(serializers.Serializer):
        """Why, and how much: everything that is free unless a quantity is sent."""

        reason = serializers.ChoiceField(list(WITHDRAW_REASONS))
        kg = KilogramField(required=False)
        pieces = WholeNumberField(required=False, min_value=1, max_value=1_000_000)

    @extend_schema(operation_id="listing_withdraw", request=Input, responses=OwnListingOut, parameters=[KEY])
    def post(self, request, listing_id: int):
        """Take free goods back."""
        lot = self.own(request, listing_id)
        data = read_input(self.Input, request)

        def verb(lot):
            quantity = None
            if data.keys() & {"kg", "pieces"}:
                quantity = in_stock_unit(lot.stock_unit, grams=data.get("kg"), pieces=data.get("pieces"))
            listings.withdraw(lot, reason=data["reason"], quantity=quantity, by=request.user, at=clock.now())

        return self.acted(request, lot, data, verb)


class ListingConfirm(_Act):
    """Still there."""

    @extend_schema(operation_id="listing_confirm", request=None, responses=OwnListingOut, parameters=[KEY])
    def post(self, request, listing_id: int):
        """Confirm that the goods are still there."""
        lot = self.own(request, listing_id)
        return self.acted(
            request, lot, {}, lambda lot: listings.confirm_still_there(lot, by=request.user, at=clock.now())
        )


def _least(unit: str, grams: int | None, pieces: int | None) -> int:
    return in_stock_unit(unit, grams=grams, pieces=pieces) if grams or pieces else 0


def _quantity(data: dict) -> weight.Quantity:
    if "kg" in data:
        return weight.Quantity(grams=data["kg"], pieces=None, typed=weight.kg(data["kg"]), unit="kg")
    return weight.Quantity(grams=None, pieces=data["pieces"], typed=str(data["pieces"]), unit="piece")


def _own(user, listing_id: int) -> dict:
    return OwnListingOut(market.with_faces(permissions.managed_by(user)).get(pk=listing_id)).data
