"""How much work on losses there is, and whose, for programs."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import clock
from losses.pages.workload import workload
from losses.selectors.workload import STEPS


class WorkStepOut(serializers.Serializer):
    """What waits at one step of one township."""

    township = serializers.CharField()
    step = serializers.ChoiceField(list(STEPS), source="key")
    waiting = serializers.IntegerField()
    late = serializers.IntegerField()
    due_first = serializers.DateTimeField(source="due_at", help_text="when the most pressing one is due")


class WorkPersonOut(serializers.Serializer):
    """What one person did in the last `days`, and the visits that wait for this person; the name masked."""

    name = serializers.CharField()
    checked = serializers.IntegerField()
    visited = serializers.IntegerField()
    computed = serializers.IntegerField()
    awarded = serializers.IntegerField()
    cleared = serializers.IntegerField()
    visits = serializers.IntegerField()


class WorkRuleOut(serializers.Serializer):
    """Of how many reports of the last `rule_days` one rule said to look again; how many were cleared, or refused."""

    rule = serializers.CharField(source="key")
    title = serializers.CharField(source="rule")
    seen = serializers.IntegerField()
    cleared = serializers.IntegerField()
    refused = serializers.IntegerField()


class WorkVillageOut(serializers.Serializer):
    """Of one village: reports of the last `rule_days` that everybody read, objections to them, and their answers."""

    village = serializers.CharField()
    township = serializers.CharField()
    published = serializers.IntegerField()
    objections = serializers.IntegerField()
    right = serializers.IntegerField()
    rejected = serializers.IntegerField()


class WorkloadOut(serializers.Serializer):
    """The work of an area."""

    steps = WorkStepOut(many=True)
    people = WorkPersonOut(many=True)
    rules = WorkRuleOut(many=True)
    villages = WorkVillageOut(many=True, help_text="the 50 with the most objections, then the most published")
    days = serializers.IntegerField()
    rule_days = serializers.IntegerField()


class ReliefWorkload(APIView):
    """How much work there is, and whose."""

    @extend_schema(responses=WorkloadOut, operation_id="relief_workload")
    def get(self, request):
        """Return what waits at each step, what each person did of late, how often each rule was right, who objected."""
        return Response(WorkloadOut(asdict(workload(request.user, clock.now()))).data)
