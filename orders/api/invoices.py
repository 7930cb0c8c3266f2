"""Sellers' invoices for programs: brought with their scan, matched or sent back."""

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, DayField, IdField, KilogramField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program, parameters_of
from orders import permissions
from orders.filters import InvoiceFilter
from orders.models import Differs, Invoice, InvoiceStatus
from orders.pages.invoices import sentence
from orders.selectors import invoices as reading
from orders.selectors.orders import seller_shown
from orders.services import invoicing
from produce.models import Produce
from records.doors import act_for_program, program_acts_on
from records.services.scans import receive_scan


class InvoiceOut(serializers.Serializer):
    """One invoice as lists show it."""

    id = IdField(source="pk")
    number = serializers.CharField()
    code = serializers.CharField()
    issued_on = DayField()
    seller = serializers.SerializerMethodField()
    buyer = serializers.CharField(source="buyer.name")
    fund = IdField(source="fund_id")
    total = YuanField(source="total_fen")
    status = serializers.ChoiceField(InvoiceStatus.choices)
    differences = serializers.IntegerField(help_text="how many were found as it came")
    words = serializers.CharField()

    def get_seller(self, invoice: Invoice) -> str:
        """Name the seller, masked for whoever is on neither side."""
        return seller_shown(invoice, self.context["request"].user, invoice.buyer_id)


class InvoicePageOut(PageOut):
    """One page of invoices."""

    results = InvoiceOut(many=True)


class DifferenceOut(serializers.Serializer):
    """One thing an invoice says otherwise."""

    code = serializers.ChoiceField(Differs.choices)
    produce = serializers.CharField(source="produce.code", default="")
    expected = serializers.IntegerField(allow_null=True, help_text="grams or fen")
    printed = serializers.IntegerField(allow_null=True, help_text="grams or fen")
    sentence = serializers.SerializerMethodField()

    def get_sentence(self, one: Any) -> str:
        """Say it in words."""
        return sentence(one)


class InvoiceLineOut(serializers.Serializer):
    """One line as printed."""

    produce = serializers.CharField(source="produce.code")
    kg = KilogramField(source="weight_g")
    price_kg = YuanField(source="price_kg_fen")
    amount = YuanField(source="amount_fen")


class InvoiceDetailOut(InvoiceOut):
    """One invoice with its lines, statements and differences."""

    lines = InvoiceLineOut(many=True)
    statements = serializers.ListField(child=IdField())
    found = DifferenceOut(many=True)


class Invoices(APIView):
    """The invoices one may see."""

    @extend_schema(
        parameters=[*parameters_of(InvoiceFilter), *PAGING], responses=InvoicePageOut, operation_id="invoice_list"
    )
    def get(self, request: SignedInCall) -> Response:
        """List invoices, newest first."""
        rows = narrowed_for_program(request, InvoiceFilter, reading.invoices_seen_by(request.user))
        return answer_page(rows, InvoiceOut, request=request, view=self)


class BringInvoice(APIView):
    """A seller's invoice for a statement."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="InvoiceIn")
    class Input(serializers.Serializer):
        """What is printed on it, its scan, and the other statements of the seller that it is for."""

        scan = serializers.FileField()
        number = serializers.CharField(max_length=20)
        code = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)
        issued_on = DayField()
        seller_name = serializers.CharField(max_length=80)
        buyer_name = serializers.CharField(max_length=80)
        total = YuanField()
        others = serializers.ListField(child=IdField(), required=False, default=list, max_length=100)
        lines = serializers.ListField(
            child=serializers.RegexField(r"^[^:]{1,40}:[0-9.]{1,20}:[0-9.]{1,20}:[0-9.]{1,20}$"),
            required=False,
            default=list,
            max_length=100,
            help_text="produce code, kilograms, yuan a kilogram, yuan: cabbage:40:1.60:64.00",
        )

    @extend_schema(
        request={"multipart/form-data": Input},
        responses={201: InvoiceDetailOut},
        parameters=[KEY],
        operation_id="invoice_bring",
    )
    def post(self, request: SignedInCall, statement_id: int) -> Response:
        """Bring the seller's invoice; somebody else of the buyer matches it."""
        statement = permissions.access_statement_to_invoice(request.user, statement_id)
        data = read_input(self.Input, request)
        others = [permissions.access_statement_to_invoice(request.user, pk) for pk in sorted(set(data["others"]))]
        rows = [statement, *(row for row in others if row.pk != statement.pk)]
        printed = reading.Printed(
            data["number"], data["code"], data["issued_on"], data["seller_name"], data["buyer_name"], data["total"],
            _lines(data["lines"]),
        )  # fmt: skip

        def act(at: dt.datetime) -> dict[str, int]:
            scan = receive_scan(data["scan"], by=request.user, at=at)
            return {"invoice": invoicing.bring_invoice(rows, printed, scan, by=request.user, at=at).pk}

        answer = act_for_program(request, data, act)
        return _invoice(request, answer["invoice"], status=201)


class OneInvoice(APIView):
    """One invoice."""

    @extend_schema(responses=InvoiceDetailOut, operation_id="invoice_detail")
    def get(self, request: SignedInCall, invoice_id: int) -> Response:
        """Return an invoice with its lines and differences."""
        return _invoice(request, invoice_id)


class MatchInvoice(APIView):
    """The buyer's yes."""

    @extend_schema_serializer(component_name="InvoiceMatchIn")
    class Input(serializers.Serializer):
        """Why it is accepted, where it differs."""

        why = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)

    @extend_schema(request=Input, responses=InvoiceDetailOut, parameters=[KEY], operation_id="invoice_match")
    def post(self, request: SignedInCall, invoice_id: int) -> Response:
        """Match an invoice, or accept its differences with words; never by who brought it."""
        invoice = permissions.access_invoice(request.user, invoice_id, to=permissions.can_judge_invoice)
        program_acts_on(request, invoicing.match_invoice, invoice, self.Input)
        return _invoice(request, invoice_id)


class ReturnInvoice(APIView):
    """The buyer's no."""

    @extend_schema_serializer(component_name="InvoiceReturnIn")
    class Input(serializers.Serializer):
        """Why."""

        why = serializers.CharField(max_length=200)

    @extend_schema(request=Input, responses=InvoiceDetailOut, parameters=[KEY], operation_id="invoice_return")
    def post(self, request: SignedInCall, invoice_id: int) -> Response:
        """Send an invoice back with words."""
        invoice = permissions.access_invoice(request.user, invoice_id, to=permissions.can_judge_invoice)
        program_acts_on(request, invoicing.return_invoice, invoice, self.Input)
        return _invoice(request, invoice_id)


def _lines(texts: list[str]) -> list[reading.PrintedLine]:
    rows = [text.split(":") for text in texts]
    goods = {row.code: row for row in Produce.objects.filter(code__in=[row[0] for row in rows])}
    lines = []
    for code, kg, price, amount in rows:
        if code not in goods:
            raise ValidationError({"lines": code})
        weight_g, price_fen, amount_fen = (
            KilogramField().run_validation(kg),
            YuanField().run_validation(price),
            YuanField().run_validation(amount),
        )
        lines.append(reading.PrintedLine(goods[code], weight_g, price_fen, amount_fen))
    return lines


def _invoice(request: SignedInCall, invoice_id: int, status: int = 200) -> Response:
    invoice = permissions.access_invoice(request.user, invoice_id)
    context = {"request": request}
    data = InvoiceOut(invoice, context=context).data | {
        "lines": InvoiceLineOut(invoice.lines.select_related("produce").order_by("pk"), many=True).data,
        "statements": list(invoice.covers.order_by("pk").values_list("statement_id", flat=True)),
        "found": DifferenceOut(invoice.found.select_related("produce").order_by("pk"), many=True).data,
    }
    return Response(data, status=status)
