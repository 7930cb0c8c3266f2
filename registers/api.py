"""The registers for programs: listed, proposed and decided as on their pages."""

import datetime as dt
from uuid import UUID

from django.forms.utils import ErrorDict
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from accounts.models import CoopMember, Mandate
from accounts.selectors import in_force_on, standing
from accounts.services.coops import end_mandate, end_membership
from kernel import clock
from kernel.api_fields import KEY, read_input
from kernel.api_pages import PAGING, KeysetPages, PageOut, answer_page, narrowed_for_program
from kernel.masking import mask_phone
from records.doors import act_for_program, program_acts_on
from records.services.photos import receive_photo
from registers import permissions, selectors
from registers.filters import CHANGE_STATES, ChangeFilter
from registers.models import MOST_ROWS, RegisterChange, RegisterChangeRow
from registers.pages import missing
from registers.pages.desks import Desk, desk_of
from registers.pages.lists import read_register, register_list, registers
from registers.services import changes
from registers.services.cards import ask_for_card, send_card_code


class RegisterOut(serializers.Serializer):
    """One register."""

    key = serializers.CharField()
    name = serializers.CharField()
    about = serializers.CharField()
    waiting = serializers.IntegerField(help_text="Proposals that wait for a second person.")


class Registers(APIView):
    """The registers one looks into."""

    @extend_schema(responses=RegisterOut(many=True), operation_id="register_index")
    def get(self, request: SignedInCall) -> Response:
        """List the registers."""
        permissions.access_registers(request.user)
        return Response(RegisterOut(registers(request.user), many=True).data)


class RowOut(serializers.Serializer):
    """One row: its key, and its cells by the name of the column."""

    id = serializers.CharField()
    cells = serializers.DictField(child=serializers.CharField())


class RowPageOut(PageOut):
    """One page of rows."""

    results = RowOut(many=True)


class FindingOut(serializers.Serializer):
    """What the county cannot do yet, and the register that mends it; without an address somebody else mends it."""

    sentence = serializers.CharField()
    mended_in = serializers.CharField(allow_blank=True)
    mended_by = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)


class Missing(APIView):
    """What the county cannot do yet."""

    @extend_schema(responses=FindingOut(many=True), operation_id="register_missing")
    def get(self, request: SignedInCall) -> Response:
        """Return what is missing, in the words of the page."""
        who = permissions.access_missing(request.user)
        return Response(FindingOut(missing.shown(missing.kept_findings(clock.now()), who), many=True).data)


class RegisterRows(APIView):
    """The rows of one register."""

    @extend_schema(parameters=PAGING, responses=RowPageOut, operation_id="register_rows")
    def get(self, request: SignedInCall, key: str) -> Response:
        """List the rows of a register, narrowed by the same questions as its page."""
        permissions.access_register(request.user, key)
        desk = desk_of(key)
        shown = register_list(desk, standing(request.user), request.query_params)
        if shown.form_errors and shown.form is not None:
            raise ValidationError(_sentences(shown.form.errors))
        known = shown.limits.filters if shown.limits is not None else ()
        answer = answer_page(shown.rows, _shape(desk), request=request, view=self, pages=_turn(desk), known=known)
        read_register(desk, len(answer.data["results"]), by=request.user, at=clock.now())
        return answer


def _shape(desk: Desk) -> type[serializers.Serializer]:
    class Cells(RowOut):
        def to_representation(self, row: object) -> dict[str, object]:
            cells = {column.key: str(column.value(row)) for column in desk.columns}
            return {"id": str(row.pk), "cells": cells}  # type: ignore[attr-defined]

    return Cells


def _turn(desk: Desk) -> type[KeysetPages]:
    return type("Turn", (KeysetPages,), {"ordering": desk.order})


def _sentences(errors: ErrorDict) -> dict[str, list[str]]:
    return {name: [str(sentence) for sentence in sentences] for name, sentences in errors.items()}


class ChangeRowOut(serializers.ModelSerializer):
    """One row of a proposal; `facts` are [field, old, new], masked where they are about a person."""

    facts = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))

    class Meta:
        model = RegisterChangeRow
        fields = ["position", "title", "facts"]


class ChangeOut(serializers.ModelSerializer):
    """One proposal."""

    class Meta:
        model = RegisterChange
        fields = ["id", "register", "status", "document_number", "size", "at", "confirm_by_at", "decided_at"]


class ChangeDetailOut(ChangeOut):
    """One proposal with its rows."""

    rows = ChangeRowOut(many=True)

    class Meta(ChangeOut.Meta):
        fields = [*ChangeOut.Meta.fields, "rows"]


class ChangePageOut(PageOut):
    """One page of proposals."""

    results = ChangeOut(many=True)


ASKED = [
    OpenApiParameter("q", str, description="A part of the number of the document."),
    OpenApiParameter("register", str, description="The key of the register."),
    OpenApiParameter("state", str, enum=[state for state, _label in CHANGE_STATES], description="Whose turn it is."),
]


class Changes(APIView):
    """The proposals one may look into."""

    @extend_schema(parameters=[*PAGING, *ASKED], responses=ChangePageOut, operation_id="register_changes")
    def get(self, request: SignedInCall) -> Response:
        """List proposals, the newest first."""
        permissions.access_registers(request.user)
        newest = type("Newest", (KeysetPages,), {"ordering": ("-at", "-pk")})
        rows = narrowed_for_program(request, ChangeFilter, selectors.changes_seen_by(request.user))
        return answer_page(rows, ChangeOut, request=request, view=self, pages=newest)


class Propose(APIView):
    """The first hand."""

    @extend_schema_serializer(component_name="RegisterProposal")
    class Input(serializers.Serializer):
        """Rows by the fields of the register's form, and the document that decides them."""

        document_number = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
        rows = serializers.ListField(
            child=serializers.DictField(child=serializers.CharField(allow_blank=True, allow_null=True, max_length=400)),
            min_length=1,
            max_length=MOST_ROWS,
        )
        change = serializers.BooleanField(
            required=False, default=False, help_text="True where the rows change what stands in the register."
        )

    @extend_schema(request=Input, responses={201: ChangeDetailOut}, parameters=[KEY], operation_id="register_propose")
    def post(self, request: SignedInCall, key: str) -> Response:
        """Propose rows for a register; a second person decides."""
        permissions.access_proposing(request.user, key)
        data = read_input(self.Input, request)
        desk = desk_of(key)
        kind = desk.change_form if data["change"] else desk.form
        if kind is None:
            raise ValidationError({"change": ["Rows of this register are only added."]})
        forms = [kind(row) for row in data["rows"]]
        if any(form.errors for form in forms):
            raise ValidationError({"rows": [_sentences(form.errors) for form in forms]})
        contents, document = [form.content() for form in forms], data["document_number"]

        def act(at: object) -> dict[str, str]:
            change = changes.propose(key, contents, document_number=document, by=request.user, at=at)  # type: ignore[arg-type]
            return {"id": str(change.pk)}

        led_to = act_for_program(request, data, act)
        return _change(request, UUID(led_to["id"]), status=201)


class Change(APIView):
    """One proposal."""

    @extend_schema(responses=ChangeDetailOut, operation_id="register_change")
    def get(self, request: SignedInCall, register_change_id: UUID) -> Response:
        """Return one proposal with its rows."""
        return _change(request, register_change_id)


class Confirm(APIView):
    """The second hand."""

    @extend_schema_serializer(component_name="RegisterConfirmation")
    class Input(serializers.Serializer):
        """The signed paper, from whoever confirms for a household; nothing else is asked."""

        paper = serializers.FileField(required=False)

    @extend_schema(request=Input, responses=ChangeDetailOut, parameters=[KEY], operation_id="register_change_confirm")
    def post(self, request: SignedInCall, register_change_id: UUID) -> Response:
        """Confirm a proposal of somebody else: it is in force."""
        change = permissions.access_change_to_decide(request.user, register_change_id)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> RegisterChange:
            sent = data.get("paper")
            paper = receive_photo(sent, by=request.user, at=at, public=False) if sent else None
            return changes.confirm(change, paper=paper, by=request.user, at=at)

        act_for_program(request, data, act)
        return _change(request, register_change_id)


class Refuse(APIView):
    """The second hand, unwilling."""

    @extend_schema_serializer(component_name="RegisterRefusal")
    class Input(serializers.Serializer):
        """What does not match; a household that is asked gives no reason."""

        why = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)

    @extend_schema(request=Input, responses=ChangeDetailOut, parameters=[KEY], operation_id="register_change_refuse")
    def post(self, request: SignedInCall, register_change_id: UUID) -> Response:
        """Refuse a proposal of somebody else; nothing changes."""
        change = permissions.access_change_to_decide(request.user, register_change_id)
        data = read_input(self.Input, request)
        act_for_program(request, data, lambda at: changes.refuse(change, why=data["why"], by=request.user, at=at))
        return _change(request, register_change_id)


class Withdraw(APIView):
    """The first hand, thinking again."""

    @extend_schema(request=None, responses=ChangeDetailOut, parameters=[KEY], operation_id="register_change_withdraw")
    def post(self, request: SignedInCall, register_change_id: UUID) -> Response:
        """Take back an own proposal before anybody decided it."""
        change = permissions.access_own_change(request.user, register_change_id)
        act_for_program(request, {}, lambda at: changes.withdraw(change, by=request.user, at=at))
        return _change(request, register_change_id)


class CardCode(APIView):
    """The code that proves once more whose phone it is."""

    @extend_schema_serializer(component_name="CardCode")
    class Output(serializers.Serializer):
        """Where the code went."""

        phone = serializers.CharField(help_text="Masked.")

    @extend_schema(request=None, responses=Output, parameters=[KEY], operation_id="my_card_code")
    def post(self, request: SignedInCall) -> Response:
        """Send the code for another card to the own phone."""
        permissions.access_own_cards(request.user)
        act_for_program(request, {}, lambda at: send_card_code(request.user))
        return Response(self.Output({"phone": mask_phone(request.user.phone)}).data)


class OwnCard(APIView):
    """The card on which one is paid."""

    @extend_schema_serializer(component_name="OwnCard")
    class Input(serializers.Serializer):
        """Another card of one's own household or organisation, and the code that came on the own phone."""

        owner = serializers.CharField(max_length=80, help_text="Number of the household or name of the organisation.")
        holder = serializers.CharField(max_length=80)
        number = serializers.CharField(max_length=40)
        bank = serializers.CharField(max_length=40)
        lost = serializers.BooleanField(help_text="True where the old card is lost: the new one is used at once.")
        code = serializers.CharField(max_length=20)

    @extend_schema(request=Input, responses={201: ChangeDetailOut}, parameters=[KEY], operation_id="my_card")
    def post(self, request: SignedInCall) -> Response:
        """Ask for another card; a clerk of the relief office compares and confirms it."""
        permissions.access_own_cards(request.user)
        data = read_input(self.Input, request)
        content = {name: value for name, value in data.items() if name != "code"}

        def act(at: object) -> dict[str, str]:
            change = ask_for_card(content, code=data["code"], by=request.user, at=at)  # type: ignore[arg-type]
            return {"id": str(change.pk)}

        return _change(request, UUID(act_for_program(request, data, act)["id"]), status=201)


class CoopMemberOut(serializers.ModelSerializer):
    """A membership of the own household."""

    cooperative = serializers.CharField(source="cooperative.name")

    class Meta:
        model = CoopMember
        fields = ["id", "cooperative", "from_on", "to_on"]


class MandateOut(serializers.ModelSerializer):
    """What a co-operative may do for the own household."""

    cooperative = serializers.CharField(source="cooperative.name")

    class Meta:
        model = Mandate
        fields = [
            "id", "cooperative", "may_list", "may_confirm", "payee_is_coop", "fee_bp", "fee_fen_per_kg", "from_on",
            "to_on",
        ]  # fmt: skip


class OwnCoopsOut(serializers.Serializer):
    """What the own household is asked, and to which co-operatives it belongs."""

    asked = ChangeOut(many=True)
    memberships = CoopMemberOut(many=True)
    mandates = MandateOut(many=True)


class OwnCoops(APIView):
    """Co-operatives of the own household."""

    @extend_schema(responses=OwnCoopsOut, operation_id="own_coops")
    def get(self, request: SignedInCall) -> Response:
        """Return what the household is asked, its memberships and its mandates, those in force."""
        household = permissions.access_own_household(request.user)
        in_force = in_force_on(clock.county_day(clock.now()))
        shown = {
            "asked": selectors.asked_of_household(household),
            "memberships": household.coop_memberships.filter(in_force).select_related("cooperative"),
            "mandates": household.mandates.filter(in_force).select_related("cooperative"),
        }
        return Response(OwnCoopsOut(shown).data)


class EndMandate(APIView):
    """The end of a mandate."""

    @extend_schema(request=None, responses=MandateOut, parameters=[KEY], operation_id="mandate_end")
    def post(self, request: SignedInCall, mandate_id: UUID) -> Response:
        """End what a co-operative may do: at once for the household, from tomorrow on for the co-operative."""
        mandate = permissions.access_mandate_to_end(request.user, mandate_id)
        program_acts_on(request, end_mandate, mandate)
        return Response(MandateOut(permissions.access_mandate_to_end(request.user, mandate_id)).data)


class EndCoopMember(APIView):
    """The end of a membership."""

    @extend_schema(request=None, responses=CoopMemberOut, parameters=[KEY], operation_id="coop_member_end")
    def post(self, request: SignedInCall, coop_member_id: UUID) -> Response:
        """End a membership and what the co-operative may do for its member."""
        member = permissions.access_membership_to_end(request.user, coop_member_id)
        program_acts_on(request, end_membership, member)
        return Response(CoopMemberOut(permissions.access_membership_to_end(request.user, coop_member_id)).data)


def _change(request: SignedInCall, register_change_id: UUID, status: int = 200) -> Response:
    change = permissions.access_change(request.user, register_change_id)
    rows = {"rows": ChangeRowOut(change.rows.order_by("position"), many=True).data}
    return Response(ChangeOut(change).data | rows, status=status)
