"""The desks of relief for programs: what waits, checks, draw, amount, and completing or taking back a claim."""

import datetime as dt

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import clock
from kernel.api_fields import KEY, DayField, IdField, YuanField, read_input
from kernel.api_pages import PAGING, KeysetPages, PageOut, answer_page
from losses import permissions
from losses.api.claims import MOST_PHOTOS, ClaimOut, Quantity, shown_claim, stock_of
from losses.api.told import ToldIn, told_of
from losses.models import LossClaim, Sharing
from losses.pages.desks import not_yet
from losses.selectors import queues
from losses.selectors.claims import with_rounds
from losses.services import answering, awarding, claiming, findings, sharing, unusual, visiting
from records.doors import act_for_program, program_acts_on
from records.models import Finding
from records.services.photos import receive_photo

WHEN = ["now", "later"]


class FirstDue(KeysetPages):
    """What is due first in front."""

    ordering = ("due_at", "pk")  # type: ignore[assignment]


class WaitingOut(ClaimOut):
    """One claim that waits, with why its step cannot be taken now."""

    not_yet = serializers.SerializerMethodField(help_text="why its step is not yours now; empty where it is")
    possible_on = serializers.SerializerMethodField(help_text="from when it can be taken, where that is known")

    def get_not_yet(self, claim: LossClaim) -> str:
        """Return what stands against its step."""
        return not_yet(claim).words

    @extend_schema_field(DayField(allow_null=True))
    def get_possible_on(self, claim: LossClaim) -> str | None:
        """Return the day from which its step can be taken."""
        day = not_yet(claim).on
        return day.isoformat() if day is not None else None


class WaitingPageOut(PageOut):
    """One page of claims that wait."""

    results = WaitingOut(many=True)


class Waiting(APIView):
    """What waits at one's desks."""

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "view", enum=list(queues.BY_KEY), description="whose turn it is; the first of yours unless said"
            ),
            OpenApiParameter(
                "when", enum=WHEN, description="now: what is yours to do, unless said; later: what is not, and why"
            ),
            *PAGING,
        ],
        responses=WaitingPageOut,
        operation_id="claim_list_waiting",
    )
    def get(self, request):
        """List the claims of a view that are one's own to do now, or are not and why, what is due first in front."""
        permissions.access_checks(request.user)
        view = permissions.view_of(request.user, request.query_params.get("view", ""))
        when = request.query_params.get("when", "now")
        if when not in WHEN:
            raise Http404
        listed = queues.mine_to_do if when == "now" else queues.not_to_do
        waiting = with_rounds(listed(request.user, view, clock.now()))
        return answer_page(waiting, WaitingOut, request=request, view=self, pages=FirstDue, known=("view", "when"))


class CompleteClaim(APIView):
    """A claim that was sent back, filed again."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="ClaimComplete")
    class Input(Quantity, ToldIn):
        """The loss as it is now; photos come as files."""

        happened_on = DayField()
        words = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
        sure = serializers.BooleanField(
            required=False, default=False, help_text="an amount far above the usual is meant"
        )
        photos = serializers.ListField(child=serializers.FileField(), min_length=1, max_length=MOST_PHOTOS)

    @extend_schema(
        request={"multipart/form-data": Input}, responses=ClaimOut, parameters=[KEY], operation_id="claim_complete"
    )
    def post(self, request, claim_id):
        """File it again; the figures of the round before stay."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_complete)
        data = read_input(self.Input, request)
        said = {"quantity": stock_of(claim.goods, data), "happened_on": data["happened_on"], "words": data["words"]}
        told = told_of(data)

        def act(at: dt.datetime) -> None:
            unusual.require_sure(claim.goods, said["quantity"], sure=data["sure"])
            photos = [receive_photo(photo, by=request.user, at=at, public=False) for photo in data["photos"]]
            claiming.file_again(claim, **said, photos=photos, told=told, by=request.user, at=at)

        act_for_program(request, said | told.columns(), act)
        return shown_claim(request, claim_id)


class WithdrawClaim(APIView):
    """A claim taken back."""

    @extend_schema(request=None, responses=ClaimOut, parameters=[KEY], operation_id="claim_withdraw")
    def post(self, request, claim_id):
        """Take a claim back before it is on a notice; its kilos may be sold again."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_complete)
        program_acts_on(request, answering.withdraw, claim)
        return shown_claim(request, claim_id)


class DrawVisit(APIView):
    """The draw of the two verifiers."""

    @extend_schema(request=None, responses=ClaimOut, parameters=[KEY], operation_id="visit_draw")
    def post(self, request, claim_id):
        """Draw two of those who may, by a recorded seed."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
        program_acts_on(request, visiting.draw, claim)
        return shown_claim(request, claim_id)


class EstimateOut(serializers.Serializer):
    """What sharing would give a claim, as things stand today."""

    full_yuan = YuanField(source="full_fen", help_text="if the money sufficed for all")
    least_yuan = YuanField(source="least_fen")
    most_yuan = YuanField(source="most_fen")
    waiting = serializers.IntegerField(help_text="reports that would share now")
    on_the_way = serializers.IntegerField(help_text="reports that are still checked")
    is_last = serializers.BooleanField(help_text="nothing more comes: no estimate")


class ComputeClaim(APIView):
    """The amount."""

    @extend_schema(responses=EstimateOut, operation_id="claim_estimate")
    def get(self, request, claim_id):
        """Return what sharing would give a claim whose scheme lets all share; 404 if there is nothing to estimate."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
        waits = claim.status in sharing.WAITS and claim.scheme.sharing == Sharing.PRO_RATA
        estimate = sharing.estimate_of(claim) if waits else None
        if estimate is None:
            raise Http404
        return Response(EstimateOut(estimate).data)

    @extend_schema(request=None, responses=ClaimOut, parameters=[KEY], operation_id="claim_compute")
    def post(self, request, claim_id):
        """Compute the amount and hold it on the scheme's account."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
        program_acts_on(request, awarding.compute, claim)
        return shown_claim(request, claim_id)


class RuleFindingOut(serializers.Serializer):
    """What one rule says of a claim, with whoever cleared it."""

    id = IdField()
    rule = serializers.CharField()
    colour = serializers.CharField()
    detail = serializers.CharField()
    at = serializers.DateTimeField()
    cleared_at = serializers.DateTimeField(allow_null=True)
    cleared_reason = serializers.CharField()


class Findings(APIView):
    """What the rules say of a claim."""

    @extend_schema(responses=RuleFindingOut(many=True), operation_id="claim_findings")
    def get(self, request, claim_id):
        """List the newest word of each rule, to the desk."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
        latest = findings.latest_findings(claim)
        return Response(RuleFindingOut([latest[rule] for rule in sorted(latest)], many=True).data)


class ClearFinding(APIView):
    """An amber finding cleared by a person."""

    @extend_schema_serializer(component_name="FindingClear")
    class Input(serializers.Serializer):
        """Why it is fine."""

        reason = serializers.CharField(max_length=300)

    @extend_schema(request=Input, responses=RuleFindingOut, parameters=[KEY], operation_id="claim_finding_clear")
    def post(self, request, claim_id, finding_id):
        """Clear it with a reason, as the desk."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_decide)
        finding = get_object_or_404(Finding, pk=finding_id, document=claim.reference)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> None:
            findings.clear_finding(finding, claim, reason=data["reason"], by=request.user, at=at)

        act_for_program(request, data, act)
        finding.refresh_from_db()
        return Response(RuleFindingOut(finding).data)
