"""The reports for programs: the same query, the same numbers, amounts as decimal text."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import clock
from kernel.money import yuan_plain
from kernel.weight import kg
from reports import presenting
from reports.forms import SalesLimits
from reports.permissions import access_reports
from reports.selectors.sales import sales, this_month


class FigureOut(serializers.Serializer):
    """Sums of one group."""

    kg = serializers.CharField()
    yuan = serializers.CharField()
    poor_yuan = serializers.CharField()
    households = serializers.IntegerField()
    poor_households = serializers.IntegerField()


class SalesRowOut(FigureOut):
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
    total = FigureOut()
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
        form = SalesLimits(request.query_params, this_month=this_month(at), only_township=only)
        if not form.is_valid():
            raise ValidationError(form.errors.get_json_data())
        limits = form.limits()
        found = sales(limits, cut_off=at)
        total = found.at()
        return Response(
            {
                "first": limits.first,
                "last": limits.last,
                "cut_off": at,
                "basis": presenting.basis(found),
                "total": {
                    "kg": kg(total.weight_g),
                    "yuan": yuan_plain(total.amount_fen),
                    "poor_yuan": yuan_plain(total.poor_fen),
                    "households": total.households,
                    "poor_households": total.poor_households,
                },
                "rows": [
                    row | {"yuan": yuan_plain(row["yuan"]), "poor_yuan": yuan_plain(row["poor_yuan"])}
                    for row in presenting.detail_rows(found)
                ],
            }
        )
