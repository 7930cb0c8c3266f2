"""Relief that is not paid by its day, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.views import APIView

from kernel import clock, masking
from kernel.api_fields import DayField, IdField, YuanField
from kernel.api_pages import PAGING, InTurn, PageOut, answer_page, narrowed_for_program, parameters_of
from losses import permissions
from losses.filters import LateFilter
from losses.selectors.late_relief import late_seen_by, lateness


class LateReliefOut(serializers.Serializer):
    """One award that is late; its interest stands apart from the relief."""

    claim = IdField(source="claim_id")
    number = serializers.CharField(source="claim.number")
    name = serializers.SerializerMethodField()
    amount_yuan = YuanField(source="amount_fen")
    at_bank = serializers.BooleanField()
    due_on = DayField()
    days_late = serializers.IntegerField()
    interest_yuan = YuanField()

    def get_name(self, award: Any) -> str:
        """Return the head of household, masked."""
        return masking.mask_name(award.claim.household.head_name)

    def to_representation(self, instance: Any) -> Any:
        """Return an award with how late it is today."""
        late = lateness(instance, clock.county_day(clock.now()))
        instance.due_on, instance.days_late, instance.interest_yuan = late.due_on, late.days, late.interest_fen
        return super().to_representation(instance)


class LateReliefPageOut(PageOut):
    """One page of late awards."""

    results = LateReliefOut(many=True)


class LateRelief(APIView):
    """Relief that is not paid by its day."""

    @extend_schema(
        parameters=[*PAGING, *parameters_of(LateFilter)], responses=LateReliefPageOut, operation_id="late_relief_list"
    )
    def get(self, request):
        """List the awards that have not arrived by their day."""
        rows = late_seen_by(permissions.access_late(request.user), clock.county_day(clock.now()))
        rows = narrowed_for_program(request, LateFilter, rows)
        return answer_page(rows, LateReliefOut, request=request, view=self, pages=InTurn)
