"""Awards that something which came later has stopped, for programs."""

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from kernel import masking
from kernel.api_fields import KEY, IdField, InstantField, YuanField
from kernel.api_pages import PAGING, KeysetPages, PageOut, answer_page
from losses import permissions
from losses.models import Award
from losses.selectors.stopped_awards import doubted_awards, later_of
from losses.services import stopped_awards
from records.doors import program_acts_on


class StoppedAwardOut(serializers.Serializer):
    """One unpaid award that is to be looked at again."""

    claim = IdField(source="claim_id")
    number = serializers.CharField(source="claim.number")
    name = serializers.SerializerMethodField()
    amount_yuan = YuanField(source="amount_fen")
    stopped_at = serializers.DateTimeField()

    def get_name(self, award: Award) -> str:
        """Return the payee, masked."""
        return masking.mask_name(award.payable.payee_name)


class StoppedAwardPageOut(PageOut):
    """One page of stopped awards."""

    results = StoppedAwardOut(many=True)


class LongestStopped(KeysetPages):
    """Awards in the order in which they were stopped."""

    ordering = "stopped_at"


class StoppedAwards(APIView):
    """Awards that are not paid for now."""

    @extend_schema(parameters=PAGING, responses=StoppedAwardPageOut, operation_id="stopped_award_list")
    def get(self, request):
        """List them to finance, the bureau and the auditor, the longest stopped first."""
        rows = doubted_awards(permissions.access_late(request.user))
        return answer_page(rows, StoppedAwardOut, request=request, view=self, pages=LongestStopped)


class LaterOut(serializers.Serializer):
    """What stops an award; all empty where nothing does."""

    sold = serializers.IntegerField(help_text="in the stock unit of the goods")
    lots = serializers.ListField(child=serializers.CharField(), help_text="the numbers of the lots it was sold of")
    photos = serializers.ListField(child=serializers.CharField(), help_text="documents that showed a photo before")
    twins = serializers.ListField(child=serializers.CharField(), help_text="numbers of households that may be one")
    reinspected = serializers.CharField(help_text="what a re-inspection found, where that was too much")
    newest = serializers.DateTimeField(allow_null=True, help_text="when the last of it came to light")


class StoppedAward(APIView):
    """What stops one award."""

    @extend_schema_serializer(component_name="AwardRelease")
    class Input(serializers.Serializer):
        """Why it is paid all the same, and up to when its reader has read what came to light."""

        why = serializers.CharField(max_length=300)
        seen_until = InstantField()

    @extend_schema(responses=LaterOut, operation_id="award_stopped")
    def get(self, request, claim_id):
        """Return it to the desk."""
        return Response(_shown(_award(request.user, claim_id)))

    @extend_schema(request=Input, responses=LaterOut, parameters=[KEY], operation_id="award_release")
    def post(self, request, claim_id):
        """Let it be paid, as somebody without another hand in the claim."""
        award = _award(request.user, claim_id)
        program_acts_on(request, stopped_awards.release, award, self.Input)
        return Response(_shown(award))


def _award(user: User, claim_id: int) -> Award:
    claim = permissions.access_claim(user, claim_id, to=permissions.can_decide)
    award = getattr(claim, "award", None)
    if award is None:
        raise Http404
    return award


def _shown(award: Award) -> dict[str, object]:
    nothing: dict[str, object] = {"sold": 0, "lots": [], "photos": [], "twins": [], "reinspected": "", "newest": None}
    found = later_of(award)
    return nothing if found is None else LaterOut(found).data
