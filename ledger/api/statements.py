"""The bank's statements for finance's programs: loaded, split, and every entry with where it went."""

import datetime as dt

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel.api_fields import KEY, DayField, IdField, YuanField, read_input
from kernel.api_pages import PAGING, InTurn, PageOut, answer_page, narrowed_for_program, parameters_of
from ledger import permissions
from ledger.filters import EntryFilter
from ledger.models import StatementEntry
from ledger.selectors.statements import entries_of, statements_seen_by
from ledger.services import camt, statements
from records.doors import act_for_program


class BankStatementOut(serializers.Serializer):
    """One statement, with how many of its entries went where."""

    id = IdField()
    statement_id = serializers.CharField()
    payer = serializers.CharField(source="payer.name")
    at = serializers.DateTimeField()
    ours = serializers.IntegerField(source="ours_n")
    seen = serializers.IntegerField(source="seen_n")
    foreign = serializers.IntegerField(source="foreign_n")
    foreign_yuan = YuanField(source="foreign_fen")
    pending = serializers.IntegerField(source="pending_n")


class BankStatementPageOut(PageOut):
    """One page of statements."""

    results = BankStatementOut(many=True)


class StatementEntryOut(serializers.Serializer):
    """One entry: what the bank wrote, and the batch it answers."""

    entry_no = serializers.IntegerField()
    bank_reference = serializers.CharField()
    reference = serializers.CharField()
    side = serializers.ChoiceField(choices=StatementEntry.Side.choices)
    reason_code = serializers.CharField()
    amount_yuan = YuanField(source="amount_fen", allow_null=True)
    currency = serializers.CharField()
    booked_on = DayField(allow_null=True)
    fate = serializers.ChoiceField(choices=StatementEntry.Fate.choices)
    batch = serializers.SerializerMethodField()

    def get_batch(self, entry: StatementEntry) -> str:
        """Return the number of the batch it answers, empty where it answers none."""
        return entry.bank_return.batch.number if entry.bank_return is not None else ""


class StatementEntryPageOut(PageOut):
    """One page of entries."""

    results = StatementEntryOut(many=True)


class BankStatements(APIView):
    """The bank's statements."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="BankStatementIn")
    class Input(serializers.Serializer):
        """A file of statements in the form camt.053."""

        file = serializers.FileField()

    @extend_schema(parameters=PAGING, responses=BankStatementPageOut, operation_id="bank_statement_list")
    def get(self, request: SignedInCall) -> Response:
        """List the bank's statements, the newest first."""
        permissions.access_batches(request.user)
        return answer_page(statements_seen_by(request.user), BankStatementOut, request=request, view=self)

    @extend_schema(
        request={"multipart/form-data": Input},
        responses={201: BankStatementOut(many=True)},
        parameters=[KEY],
        operation_id="bank_statement_load",
        filters=False,
    )
    def post(self, request: SignedInCall) -> Response:
        """Load a file of statements, split among the batches it speaks of."""
        payer = permissions.access_statement_payer(request.user)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> dict[str, list[int]]:
            raw = data["file"].read(camt.MOST_BYTES + 1)
            loaded = statements.load_statement(raw, payer=payer, by=request.user, at=at)
            return {"statements": [row.pk for row in loaded]}

        answer = act_for_program(request, data, act)
        rows = statements_seen_by(request.user).filter(pk__in=answer["statements"]).order_by("pk")
        return Response(BankStatementOut(rows, many=True).data, status=201)


class StatementDetail(APIView):
    """The entries of one statement."""

    @extend_schema(
        parameters=[*PAGING, *parameters_of(EntryFilter)],
        responses=StatementEntryPageOut,
        operation_id="bank_statement_entries",
    )
    def get(self, request: SignedInCall, bank_statement_id: int) -> Response:
        """List the entries of one statement; `fate=foreign` lists what is not ours."""
        row = permissions.access_statement(request.user, bank_statement_id)
        rows = narrowed_for_program(request, EntryFilter, entries_of(row))
        return answer_page(rows, StatementEntryOut, request=request, view=self, pages=InTurn)
