"""What a seller writes on an invoice, and the statements of a month, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel import clock
from orders import permissions
from orders.forms.papers import MonthForm
from orders.pages import invoicing as pages
from orders.selectors.invoicing import month_of


class InvoicePaperLineOut(serializers.Serializer):
    """One line of an invoice: kilograms, yuan a kilogram, yuan."""

    goods = serializers.CharField()
    grade = serializers.CharField()
    kg = serializers.CharField()
    price = serializers.CharField()
    amount = serializers.CharField()


class GrowingOut(serializers.Serializer):
    """What the registers hold of one lot's growing, and what they do not."""

    title = serializers.CharField()
    facts = serializers.ListField(child=serializers.CharField())
    missing = serializers.ListField(child=serializers.CharField())


class InvoicePapersOut(serializers.Serializer):
    """All that is copied into an invoice: its lines sum to `total`, and with `others` to the statement."""

    lines = InvoicePaperLineOut(many=True)
    total = serializers.CharField()
    capital = serializers.CharField()
    others = serializers.CharField(help_text="left to a co-operative, or carried; no part of the invoice")
    statement = serializers.CharField()
    growing = GrowingOut(many=True)
    missing = serializers.ListField(child=serializers.CharField())


class MonthOut(serializers.Serializer):
    """One seller's statements for one fund in a month."""

    seller = serializers.CharField()
    buyer = serializers.CharField()
    fund = serializers.CharField()
    statements = serializers.CharField()
    kg = serializers.CharField()
    amount = serializers.CharField()
    paid = serializers.CharField()


class StatementPapers(APIView):
    """An invoice to be written."""

    @extend_schema(responses=InvoicePapersOut, operation_id="statement_papers")
    def get(self, request: SignedInCall, statement_id: int) -> Response:
        """Return what is written on the invoice of a statement."""
        statement = permissions.access_statement(request.user, statement_id)
        return Response(InvoicePapersOut(pages.papers_of(statement, request.user)).data)


class StatementMonth(APIView):
    """A month of statements."""

    class Filter(serializers.Serializer):
        """The month, written 2026-11; without one the present."""

        month = serializers.CharField(required=False, max_length=7)

    @extend_schema(parameters=[Filter], responses=MonthOut(many=True), operation_id="statement_month")
    def get(self, request: SignedInCall) -> Response:
        """Return the statements of a month by seller and fund."""
        form = MonthForm(request.query_params)
        if not form.is_valid():
            raise ValidationError(form.errors.get_json_data())
        first = form.cleaned_data["month"] or clock.county_day(clock.now()).replace(day=1)
        rows = [pages.month_row(row, f"{first:%Y-%m}", request.user) for row in month_of(request.user, first)]
        return Response(MonthOut(rows, many=True).data)
