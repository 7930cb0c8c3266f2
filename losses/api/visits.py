"""Visits for programs: what the first verifier found, the second signature, another verifier."""

import datetime as dt

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.views import APIView

from kernel.api_fields import KEY, InstantField, WholeNumberField, read_input
from losses import permissions
from losses.api.claims import PLACE, ClaimOut, Placed, shown_claim, spot_of, stock_of
from losses.models import Conclusion, FellOut, HouseholdSigned, WitnessTie
from losses.selectors import claims
from losses.services import visiting
from records.doors import act_for_program, program_acts_on
from records.services.photos import receive_photo


class VisitRecord(APIView):
    """What the first verifier found."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="VisitRecord")
    class Input(Placed):
        """What is there, with the three photos (those sent before need not be sent again)."""

        why = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
        conclusion = serializers.ChoiceField(Conclusion.choices)
        signed = serializers.ChoiceField(HouseholdSigned.choices)
        phone_at = InstantField(required=False)
        card_read = serializers.BooleanField(
            required=False, default=False, help_text="number and date, written by hand, can be read on a photo"
        )
        witness = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
        witness_tie = serializers.ChoiceField(WitnessTie.choices, required=False, default="", allow_blank=True)
        whole = serializers.FileField(required=False)
        near = serializers.FileField(required=False)
        people = serializers.FileField(required=False)
        signature = serializers.FileField(required=False)
        first_signature = serializers.FileField(required=False, help_text="of the verifier, drawn by hand")
        paper = serializers.FileField(required=False, help_text="the paper it was written on")

    @extend_schema(
        request={"multipart/form-data": Input},
        responses=ClaimOut,
        parameters=[KEY],
        operation_id="visit_record",
    )
    def post(self, request, claim_id):
        """Write down what is there."""
        visit = permissions.access_visit(request.user, claim_id, to=permissions.is_first)
        data = read_input(self.Input, request)
        quantity = stock_of(visit.claim.goods, data)
        place = {name: data[name] for name in PLACE if name in data}

        def act(at: dt.datetime) -> None:
            sent = {which: data[which] for which in claims.SENT_BY_FIRST if which in data}
            visiting.record_visit(
                visit,
                found=quantity,
                conclusion=data["conclusion"],
                why=data["why"],
                signed=data["signed"],
                spot=spot_of(data),
                phone_at=data.get("phone_at"),
                card_read=data["card_read"],
                witness=data["witness"],
                witness_tie=data["witness_tie"],
                photos={k: receive_photo(photo, by=request.user, at=at, public=False) for k, photo in sent.items()},
                by=request.user,
                at=at,
            )

        seen = (
            {
                name: data.get(name)
                for name in ("why", "conclusion", "signed", "phone_at", "card_read", "witness", "witness_tie")
            }
            | place
            | {"found": quantity}
        )
        act_for_program(request, seen, act)
        return shown_claim(request, claim_id)


class VisitRedraw(APIView):
    """Another in place of a verifier who falls out."""

    @extend_schema_serializer(component_name="VisitRedraw")
    class Input(serializers.Serializer):
        """Which of the two falls out, and why."""

        who = serializers.ChoiceField([("first", "first"), ("second", "second")])
        why = serializers.ChoiceField(FellOut.choices)
        note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)

    @extend_schema(request=Input, responses=ClaimOut, parameters=[KEY], operation_id="visit_redraw")
    def post(self, request, claim_id):
        """Draw another, by a recorded seed."""
        visit = permissions.access_visit(request.user, claim_id, to=permissions.can_redraw)
        program_acts_on(request, visiting.redraw, visit, self.Input)
        return shown_claim(request, claim_id)


@extend_schema_serializer(component_name="VisitSecond")
class SecondInput(serializers.Serializer):
    """Where and when the phone of the second verifier was; all of it may be missing."""

    latitude_e6 = WholeNumberField(min_value=0, max_value=90_000_000, required=False)
    longitude_e6 = WholeNumberField(min_value=0, max_value=180_000_000, required=False)
    accuracy_m = WholeNumberField(min_value=0, max_value=100_000, required=False)
    phone_at = InstantField(required=False)


class VisitSign(APIView):
    """The second signature."""

    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema_serializer(component_name="VisitSign")
    class Input(SecondInput):
        """Where and when the phone was, and the name drawn by hand, which may stay away."""

        second_signature = serializers.FileField(required=False)

    @extend_schema(
        request={"application/json": SecondInput, "multipart/form-data": Input},
        responses=ClaimOut,
        parameters=[KEY],
        operation_id="visit_sign",
    )
    def post(self, request, claim_id):
        """Sign what the first verifier wrote."""
        visit = permissions.access_visit(request.user, claim_id, to=permissions.is_second)
        data = read_input(self.Input, request)
        drawn = data.pop("second_signature", None)

        def act(at: dt.datetime) -> None:
            visiting.sign_visit(
                visit,
                spot=spot_of(data),
                phone_at=data.get("phone_at"),
                signature=receive_photo(drawn, by=request.user, at=at, public=False) if drawn is not None else None,
                by=request.user,
                at=at,
            )

        act_for_program(request, data, act)
        return shown_claim(request, claim_id)


class VisitContest(APIView):
    """What the second verifier found different."""

    @extend_schema_serializer(component_name="VisitContest")
    class Input(SecondInput):
        """A sentence, and where and when the phone was."""

        words = serializers.CharField(max_length=300)

    @extend_schema(request=Input, responses=ClaimOut, parameters=[KEY], operation_id="visit_contest")
    def post(self, request, claim_id):
        """Say what is different from what the first verifier wrote."""
        visit = permissions.access_visit(request.user, claim_id, to=permissions.is_second)
        data = read_input(self.Input, request)
        said = {"words": data["words"], "phone_at": data.get("phone_at")}

        def act(at: dt.datetime) -> None:
            visiting.contest_visit(visit, **said, spot=spot_of(data), by=request.user, at=at)

        act_for_program(request, data, act)
        return shown_claim(request, claim_id)
