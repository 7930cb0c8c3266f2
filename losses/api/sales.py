"""Sales below the reference price for programs: which may be reported, and the report."""

import datetime as dt

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.views import APIView

from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, KilogramField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page
from losses import permissions
from losses.api.claims import ClaimOut, Quantity, shown_claim, stock_of
from losses.api.told import ToldIn, told_of
from losses.forms import CONSENTS
from losses.models import Cause
from losses.selectors import schemes
from losses.selectors.sales import day_of, sales_to_report
from losses.services import claiming, reporting
from produce.api_fields import ProduceNameField
from records.doors import act_for_program


class SoldLowOut(serializers.Serializer):
    """A sale below the county's reference of its day."""

    id = IdField()
    listing = IdField(source="listing_id")
    produce = serializers.CharField(source="listing.produce.code")
    produce_name = ProduceNameField(source="listing.produce")
    sold_on = DayField()
    quantity = serializers.IntegerField(help_text="in the stock unit of the goods")
    left = serializers.IntegerField(help_text="of it, what can still be reported")
    price_yuan = YuanField(source="price_fen")
    price_kg = KilogramField(source="price_unit_g", help_text="the weight that the price is for")
    reference_yuan = YuanField(source="worth", help_text="what half a kilogram was worth on that day")
    reported = serializers.BooleanField(help_text="whether a report of it stands")


class SoldLowPageOut(PageOut):
    """One page of sales."""

    results = SoldLowOut(many=True)


class SoldLow(APIView):
    """The own household's sales below the reference that may be reported."""

    @extend_schema(parameters=PAGING, responses=SoldLowPageOut, operation_id="sold_low_list")
    def get(self, request):
        """List them, newest first."""
        return answer_page(sales_to_report(request.user), SoldLowOut, request=request, view=self)


class ReportSoldLow(APIView):
    """The report of a sale below the reference."""

    @extend_schema_serializer(component_name="SoldLowReport")
    class Input(Quantity, ToldIn):
        """How much of the sale, in kilograms or pieces; photos and a day are not needed."""

        words = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
        consent = serializers.ChoiceField(CONSENTS, required=False, default="", allow_blank=True)

    @extend_schema(request=Input, responses={201: ClaimOut}, parameters=[KEY], operation_id="sold_low_report")
    def post(self, request, sale_id):
        """Report it; the same key again returns the same claim."""
        sale = permissions.access_sale_to_report(request.user, sale_id)
        data = read_input(self.Input, request)
        scheme = schemes.fitting(sale.listing, on=clock.county_day(clock.now()), sold=True)
        if scheme is None:
            raise claiming.NoRate
        scheme = schemes.fitting_day(sale.listing, day_of(sale), scheme, sold=True)
        quantity, told = stock_of(sale.listing, data), told_of(data)

        def act(at: dt.datetime) -> dict[str, int]:
            claim = reporting.file_claim(
                scheme=scheme,
                goods=sale.listing,
                sale=sale,
                cause=Cause.CHEAP,
                quantity=quantity,
                happened_on=day_of(sale),
                words=data["words"],
                photos=[],
                by=request.user,
                at=at,
                consent=data["consent"],
                told=told,
            )
            return {"claim": claim.pk}

        answer = act_for_program(request, data | {"sale": sale.pk}, act)
        return shown_claim(request, answer["claim"], status=201)
