"""What people wait to hear, for programs: the same queue as the page, of every kind."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import clock
from reports.pages.answers import KINDS, answers
from reports.permissions import access_answers


class AnswersIn(serializers.Serializer):
    """Of which kind, or of all."""

    kind = serializers.ChoiceField(KINDS, required=False, default="")


class WaitingAnswerOut(serializers.Serializer):
    """One who waits: of which kind, what and of whom in words, by when, and the page on which it is answered."""

    kind = serializers.ChoiceField(KINDS)
    what = serializers.CharField(source="label")
    whose = serializers.CharField(source="hint", help_text="a household by its masked head, with the place")
    due_at = serializers.DateTimeField()
    url = serializers.CharField(help_text="the page on which it is answered")


class AnswersOut(serializers.Serializer):
    """What waits, the most pressing in front: the first 50 of each kind."""

    results = WaitingAnswerOut(many=True)


class AnswerQueue(APIView):
    """What people wait to hear from this person."""

    @extend_schema(
        parameters=[OpenApiParameter("kind", str, enum=[key for key, _label in KINDS])],
        responses=AnswersOut,
        operation_id="answer_queue",
    )
    def get(self, request):
        """Return what waits for this person's answer, of one kind or of all."""
        access_answers(request.user)
        asked = AnswersIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        queue = answers(request.user, clock.now(), asked.validated_data["kind"])
        return Response(AnswersOut({"results": queue.rows}).data)
