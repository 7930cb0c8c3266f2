"""Heirs of payees who died, for programs."""

import datetime as dt
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel import masking
from kernel.api_fields import KEY, DayField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page
from ledger import permissions, selectors
from ledger.api.payouts import WhyIn
from ledger.services import heirs
from records.doors import act_for_program, program_acts_on
from records.services.photos import receive_photo


class HeirOut(serializers.Serializer):
    """Who gets the money of a payee who died, masked."""

    id = serializers.UUIDField()
    status = serializers.CharField()
    payable = serializers.UUIDField(source="payable_id")
    document = serializers.CharField(source="payable.document")
    amount_yuan = YuanField(source="payable.amount_fen")
    died_on = DayField()
    paper = serializers.CharField(source="document")
    proposed_at = serializers.DateTimeField()
    name = serializers.SerializerMethodField()
    card = serializers.SerializerMethodField()

    def get_name(self, heir: Any) -> str:
        """Return the name of the heir, masked."""
        return masking.mask_name(heir.payee_name)

    def get_card(self, heir: Any) -> str:
        """Return the card of the heir, masked."""
        return masking.mask_card(heir.card)


class HeirPageOut(PageOut):
    """One page of heirs."""

    results = HeirOut(many=True)


class Heirs(APIView):
    """Heirs that were named."""

    @extend_schema(parameters=PAGING, responses=HeirPageOut, operation_id="heir_list")
    def get(self, request: SignedInCall) -> Response:
        """List heirs, newest first."""
        permissions.access_batches(request.user)
        return answer_page(selectors.heirs_seen_by(request.user), HeirOut, request=request, view=self)


class NameHeir(APIView):
    """The first hand."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="HeirName")
    class Input(serializers.Serializer):
        """The death with its paper, and who gets the money on which card."""

        died_on = DayField()
        document = serializers.CharField(max_length=60)
        paper = serializers.FileField()
        name = serializers.CharField(max_length=50)
        id_number = serializers.CharField(max_length=20)
        number = serializers.CharField(max_length=40)
        bank = serializers.CharField(max_length=40)

    @extend_schema(
        request={"multipart/form-data": Input}, responses={201: HeirOut}, parameters=[KEY], operation_id="heir_name"
    )
    def post(self, request: SignedInCall, payable_id: UUID) -> Response:
        """Name the heir of relief that has not arrived."""
        payable = permissions.access_payable(request.user, payable_id)
        said = read_input(self.Input, request)

        def act(at: dt.datetime) -> dict[str, str]:
            photo = receive_photo(said["paper"], by=request.user, at=at, public=False)
            heir = heirs.name_heir(payable, **said | {"paper": photo}, by=request.user, at=at)
            return {"heir": str(heir.pk)}

        return _heir(request, UUID(act_for_program(request, said, act)["heir"]), status=201)


class HeirDetail(APIView):
    """One heir."""

    @extend_schema(responses=HeirOut, operation_id="heir")
    def get(self, request: SignedInCall, heir_id: UUID) -> Response:
        """Return one heir, masked."""
        return _heir(request, heir_id)


class ConfirmHeir(APIView):
    """The second hand."""

    @extend_schema(request=None, responses=HeirOut, parameters=[KEY], operation_id="heir_confirm")
    def post(self, request: SignedInCall, heir_id: UUID) -> Response:
        """Confirm an heir; never by who named it."""
        program_acts_on(request, heirs.confirm_heir, permissions.access_heir(request.user, heir_id, to_act=True))
        return _heir(request, heir_id)


class RejectHeir(APIView):
    """The second hand says no."""

    @extend_schema(request=WhyIn, responses=HeirOut, parameters=[KEY], operation_id="heir_reject")
    def post(self, request: SignedInCall, heir_id: UUID) -> Response:
        """Send a named heir back with words."""
        program_acts_on(request, heirs.reject_heir, permissions.access_heir(request.user, heir_id, to_act=True), WhyIn)
        return _heir(request, heir_id)


def _heir(request: SignedInCall, heir_id: UUID, *, status: int = 200) -> Response:
    return Response(HeirOut(permissions.access_heir(request.user, heir_id, to_act=False)).data, status=status)
