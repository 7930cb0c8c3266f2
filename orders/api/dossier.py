"""The whole file of a delivery, or of a fund over some days, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel import clock
from orders import permissions
from orders.forms import DossierForm
from orders.pages import dossier as pages
from orders.selectors.dossier import MOST_AT_ONCE, gathered, trips_of_period


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

        first = serializers.DateField()
        last = serializers.DateField()

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
