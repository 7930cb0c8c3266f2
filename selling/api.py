"""Batches for programs: the same doors and verbs as the pages."""

import datetime as dt
import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import permissions as goods
from catalog.services import listings
from kernel import clock, keyset, pasted
from kernel.api_fields import KEY, DayField, KilogramField, WholeNumberField, YuanField, read_input
from produce.models import MOST_PRICE_FEN, Grade, Produce
from produce.services.stock import in_stock_unit
from records.doors import act_for_program
from selling import permissions
from selling.models import EntrySheet
from selling.selectors.name_matching import Names
from selling.selectors.sheets import sheets_of
from selling.services import pasting, sheets

CONSENTS = list(zip(sheets.CONSENTS, ("by telephone", "in person", "on signed paper"), strict=True))
MOST_ROWS = 200
CURSOR = OpenApiParameter("cursor", str, description="From `next` or `previous` of another page.")


class SheetOut(serializers.Serializer):
    """One batch: what all its rows share."""

    id = serializers.UUIDField(source="pk")
    produce = serializers.CharField(source="produce.code")
    grade = serializers.CharField(source="grade.code", default="")
    village = serializers.CharField(source="village_id")
    harvested_on = DayField()
    yuan_per_jin = YuanField(source="price_fen", most_fen=MOST_PRICE_FEN)
    smallest = serializers.IntegerField(help_text="Handed over at least, in grams or heads; 0 is any quantity.")
    consent = serializers.CharField()
    made_at = serializers.DateTimeField()
    listed_at = serializers.DateTimeField(allow_null=True)


class SheetPageOut(serializers.Serializer):
    """One page of one's own batches, the newest first."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = SheetOut(many=True)


class SheetRowOut(serializers.Serializer):
    """One household's row: what was typed, what is wrong with it or asked about it, which lot it became."""

    household = serializers.UUIDField(source="row.household_id")
    amount = serializers.CharField(source="row.typed")
    sure = serializers.BooleanField(source="row.sure")
    unreadable = serializers.CharField()
    asked = serializers.ListField(child=serializers.CharField())
    listing = serializers.IntegerField(source="row.listing_id", allow_null=True)


class FilledSheetOut(SheetOut):
    """One batch with its rows."""

    rows = SheetRowOut(many=True)


class HeardOut(serializers.Serializer):
    """A name understood by its sound: check it."""

    written = serializers.CharField()
    household = serializers.UUIDField()


class OpenLineOut(serializers.Serializer):
    """A line somebody has to look at."""

    line = serializers.IntegerField()
    text = serializers.CharField()
    reason = serializers.CharField()
    candidates = serializers.ListField(child=serializers.UUIDField(), help_text="Households that may be meant.")


class PastedOut(serializers.Serializer):
    """What became of pasted lines."""

    filled = serializers.IntegerField(help_text="rows that are other than before")
    same = serializers.IntegerField(help_text="rows that said the same already")
    listed = serializers.IntegerField(help_text="rows that are on sale and stay as they are")
    by_sound = HeardOut(many=True)
    open = OpenLineOut(many=True)


class Sheets(APIView):
    """One's own batches, and beginning one."""

    @extend_schema_serializer(component_name="SheetCreateInput")
    class Input(serializers.Serializer):
        """What all rows of a batch share."""

        produce = serializers.CharField(max_length=32)
        grade = serializers.CharField(max_length=16, required=False, allow_blank=True, default="")
        village = serializers.CharField(max_length=12)
        harvested_on = DayField()
        yuan_per_jin = YuanField(most_fen=MOST_PRICE_FEN)
        consent = serializers.ChoiceField(
            CONSENTS,
            required=False,
            default="",
            help_text="How the households agreed; left out by a co-operative, which lists by their mandates.",
        )
        smallest_kg = KilogramField(required=False, zero_ok=True, help_text="Handed over at least, of weighed goods.")
        smallest_pieces = WholeNumberField(required=False, min_value=0, max_value=1_000_000)
        price_reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
        sure = serializers.BooleanField(required=False, default=False)

    @extend_schema(operation_id="sheet_list", responses=SheetPageOut, parameters=[CURSOR])
    def get(self, request):
        """Return one page of one's own batches."""
        goods.access_sell_for(request.user)
        rows = sheets_of(request.user).select_related("grade")
        page = keyset.cut(rows, ("-made_at", "-id"), cursor=request.query_params.get("cursor", ""))
        return Response({"next": page.next, "previous": page.previous, "results": SheetOut(page.rows, many=True).data})

    @extend_schema(operation_id="sheet_create", request=Input, responses={201: FilledSheetOut}, parameters=[KEY])
    def post(self, request):
        """Begin a batch for the households one lists for."""
        goods.access_sell_for(request.user)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> dict[str, Any]:
            produce = Produce.objects.filter(code=data["produce"]).first()
            if produce is None:
                raise ValidationError({"produce": [_("There is no such produce in the dictionary.")]})
            villages = {village.code: village for village in goods.villages_served(request.user)}
            if data["village"] not in villages:
                raise ValidationError({"village": [_("Choose one of the villages you list for.")]})
            grade = Grade.objects.filter(produce=produce, code=data["grade"]).first() if data["grade"] else None
            if data["grade"] and grade is None:
                raise listings.WrongGrade
            by_mandate = permissions.lists_by_mandates(request.user)
            manages = goods.cooperatives_served(request.user).order_by("pk").first() if by_mandate else None
            sheet = sheets.begin_sheet(
                uuid.uuid4(),
                village=villages[data["village"]],
                produce=produce,
                grade=grade,
                harvested_on=data["harvested_on"],
                price_fen=data["yuan_per_jin"],
                price_reason=data["price_reason"],
                smallest=_least(produce.stock_unit, data.get("smallest_kg"), data.get("smallest_pieces")),
                sure=data["sure"],
                consent=data["consent"],
                cooperative=manages,
                by=request.user,
                at=at,
            )
            return {"sheet": str(sheet.pk)}

        answer = act_for_program(request, data, act)
        return Response(_filled(permissions.access_sheet(request.user, answer["sheet"])), status=201)


class SheetDetail(APIView):
    """One batch with its rows."""

    @extend_schema(operation_id="sheet_detail", responses=FilledSheetOut)
    def get(self, request, sheet_id: uuid.UUID):
        """Return one of one's own batches and how each row stands."""
        return Response(_filled(permissions.access_sheet(request.user, sheet_id)))


class SheetRows(APIView):
    """Amounts of a batch."""

    @extend_schema_serializer(component_name="SheetRowsInput")
    class Input(serializers.Serializer):
        """Amounts by household, as people write them: jin unless 公斤 stands behind; empty takes a row out."""

        @extend_schema_serializer(component_name="SheetRowInput")
        class Row(serializers.Serializer):
            """One household's amount; `sure` answers what was asked about it."""

            household = serializers.UUIDField()
            amount = serializers.CharField(max_length=24, allow_blank=True)
            sure = serializers.BooleanField(required=False, default=False)

        rows = serializers.ListField(child=Row(), allow_empty=False, max_length=MOST_ROWS)

    @extend_schema(operation_id="sheet_rows", request=Input, responses=FilledSheetOut, parameters=[KEY])
    def post(self, request, sheet_id: uuid.UUID):
        """Keep amounts; households one does not list for are refused, all of the rows with them."""
        sheet = permissions.access_sheet(request.user, sheet_id)
        data = read_input(self.Input, request)
        amounts = {row["household"]: row["amount"] for row in data["rows"]}
        households = list(goods.households_served(request.user).filter(pk__in=amounts))
        if len(households) != len(data["rows"]):
            raise ValidationError({"rows": [_("One of these households is not on your list, or is sent twice.")]})

        def act(at: dt.datetime) -> dict[str, Any]:
            sheets.save_rows(sheet, {household: amounts[household.pk] for household in households}, at=at)
            for row in data["rows"]:
                if row["sure"]:
                    sheets.say_sure(sheet, row["household"])
            return {"sheet": str(sheet.pk)}

        act_for_program(request, data, act)
        return Response(_filled(sheet))


class SheetPaste(APIView):
    """Lines of a chat or a spreadsheet."""

    @extend_schema_serializer(component_name="SheetPasteInput")
    class Input(serializers.Serializer):
        """Lines as people write them: 「王秀英 200」, one household a line, a telephone's last digits between them."""

        lines = serializers.CharField(max_length=pasted.MOST_TEXT, trim_whitespace=False)

    @extend_schema(operation_id="sheet_paste", request=Input, responses=PastedOut, parameters=[KEY])
    def post(self, request, sheet_id: uuid.UUID):
        """Fill the rows of every line that is sure; the others come back with their reason and whom they may mean."""
        sheet = permissions.access_sheet(request.user, sheet_id)
        data = read_input(self.Input, request)
        pasted_lines = pasting.look(sheet, data["lines"], names=Names(permissions.households_named(request.user)))

        def act(at: dt.datetime) -> dict[str, Any]:
            filled = sheets.save_rows(sheet, pasted_lines.typed, at=at)
            return {"filled": filled, "same": pasted_lines.same, "listed": pasted_lines.listed}

        counts = act_for_program(request, data, act)
        by_sound = [{"written": written, "household": household.pk} for written, household in pasted_lines.by_sound]
        left = [
            {
                "line": open_line.line.number,
                "text": open_line.line.text,
                "reason": open_line.reason,
                "candidates": [household.pk for household in open_line.candidates],
            }
            for open_line in pasted_lines.open
        ]
        return Response(PastedOut({**counts, "by_sound": by_sound, "open": left}).data)


class SheetOnSale(APIView):
    """Listing a batch."""

    @extend_schema(operation_id="sheet_put_on_sale", request=None, responses=FilledSheetOut, parameters=[KEY])
    def post(self, request, sheet_id: uuid.UUID):
        """Put every good row on sale, each for itself; rows on sale already stay as they are."""
        sheet = permissions.access_sheet(request.user, sheet_id)

        def act(at: dt.datetime) -> dict[str, Any]:
            sheets.list_sheet(sheet, by=request.user, at=at)
            return {"sheet": str(sheet.pk)}

        act_for_program(request, {}, act)
        return Response(_filled(get_object_or_404(EntrySheet, pk=sheet.pk)))


def _least(unit: str, grams: int | None, pieces: int | None) -> int:
    return in_stock_unit(unit, grams=grams, pieces=pieces) if grams or pieces else 0


def _filled(sheet: EntrySheet) -> dict:
    states = sheets.states_of(sheet, at=clock.now())
    return {**SheetOut(sheet).data, "rows": SheetRowOut(states, many=True).data}
