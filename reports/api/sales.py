"""The reports for programs: the same query, the same numbers, amounts as decimal text."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import clock
from kernel.money import yuan_plain
from kernel.weight import kg
from losses.selectors import funnel
from reports.filters import SalesFilter
from reports.pages.sales import DetailRow, detail_rows
from reports.pages.words import basis
from reports.permissions import access_reports
from reports.selectors.sales import Figure, sales, this_month


class SumsOut(serializers.Serializer):
    """Sums of one group."""

    kg = serializers.CharField()
    yuan = serializers.CharField()
    poor_yuan = serializers.CharField()
    earlier_year_yuan = serializers.CharField(help_text="Paid from funds of a year before the day of acceptance.")
    households = serializers.IntegerField()
    poor_households = serializers.IntegerField()


class SalesRowOut(SumsOut):
    """Sums of one month, channel, township and produce."""

    month = serializers.CharField()
    channel = serializers.CharField()
    township = serializers.CharField()
    produce = serializers.CharField()


class SalesOut(serializers.Serializer):
    """A sales report with its limits, its cut-off, its sum and its rows."""

    first = serializers.CharField()
    last = serializers.CharField()
    cut_off = serializers.DateTimeField()
    basis = serializers.CharField()
    total = SumsOut()
    rows = SalesRowOut(many=True)


class SalesReport(APIView):
    """Sales by month, channel, township and produce."""

    class Input(serializers.Serializer):
        """Limits; all may be left out."""

        first = serializers.CharField(required=False, help_text="2026-10")
        last = serializers.CharField(required=False, help_text="2026-10")
        channel = serializers.CharField(required=False)
        township = serializers.CharField(required=False)
        produce = serializers.CharField(required=False)

    @extend_schema(parameters=[Input], responses=SalesOut, operation_id="report_sales")
    def get(self, request):
        """Return the report."""
        only = access_reports(request.user)
        at = clock.now()
        filters = SalesFilter(request.query_params, this_month=this_month(at), only_towns=only)
        if not filters.is_valid():
            raise ValidationError(filters.form.errors.get_json_data())
        limits = filters.limits()
        figures = sales(limits, cut_off=at)
        return Response(
            {
                "first": limits.first,
                "last": limits.last,
                "cut_off": at,
                "basis": basis(figures, limits),
                "total": _sums(figures.at()),
                "rows": [_groups(row) | _sums(row) for row in detail_rows(figures, filters.names)],
            }
        )


def _groups(row: DetailRow) -> dict[str, str]:
    return {"month": row.month, "channel": row.channel, "township": row.township, "produce": row.produce}


def _sums(figure: Figure | DetailRow) -> dict[str, str | int]:
    return {
        "kg": kg(figure.weight_g),
        "yuan": yuan_plain(figure.amount_fen),
        "poor_yuan": yuan_plain(figure.poor_fen),
        "earlier_year_yuan": yuan_plain(figure.earlier_fen),
        "households": figure.households,
        "poor_households": figure.poor_households,
    }


class FunnelRowOut(serializers.Serializer):
    """How far the claims of one group came."""

    key = serializers.CharField()
    declared = serializers.IntegerField()
    declared_kg = serializers.CharField()
    declared_yuan = serializers.CharField()
    verified = serializers.IntegerField()
    verified_kg = serializers.CharField()
    verified_yuan = serializers.CharField()
    awarded = serializers.IntegerField()
    awarded_yuan = serializers.CharField()
    paid = serializers.IntegerField()
    paid_yuan = serializers.CharField()

    def get_fields(self):
        """Add the label, whose name means something else on the class of a field."""
        return super().get_fields() | {"label": serializers.CharField()}


class ReliefFunnel(APIView):
    """Claims declared, verified, awarded and paid."""

    class Input(serializers.Serializer):
        """What to group by."""

        by = serializers.ChoiceField(choices=["township", "month", "scheme"], required=False, default="township")

    @extend_schema(parameters=[Input], responses=FunnelRowOut(many=True), operation_id="report_relief")
    def get(self, request):
        """Return one row a group."""
        only = access_reports(request.user)
        query = self.Input(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = funnel(query.validated_data["by"], towns=only)
        return Response(
            [
                {
                    "key": row.key,
                    "label": row.label,
                    "declared": row.declared,
                    "declared_kg": kg(row.declared_g),
                    "declared_yuan": yuan_plain(row.declared_fen),
                    "verified": row.verified,
                    "verified_kg": kg(row.verified_g),
                    "verified_yuan": yuan_plain(row.verified_fen),
                    "awarded": row.awarded,
                    "awarded_yuan": yuan_plain(row.awarded_fen),
                    "paid": row.paid,
                    "paid_yuan": yuan_plain(row.paid_fen),
                }
                for row in rows
            ]
        )
