"""Papers of a claim for programs: which it needs, which are there, and one added."""

import datetime as dt

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.api_fields import KEY, IdField, YuanField, read_input
from losses import permissions
from losses.models import SchemePaper
from losses.selectors.papers import papers_of
from losses.services.papering import bring_paper
from records.doors import act_for_program
from records.services.photos import receive_photo


class SchemePaperOut(serializers.Serializer):
    """A paper that a scheme asks for."""

    id = IdField()
    kind = serializers.CharField()
    from_yuan = YuanField(source="from_fen", help_text="of relief at the rate; 0 is always")
    brought_by = serializers.CharField(help_text="household or village")
    form = serializers.CharField(help_text="photo or number")


class ClaimPaperOut(serializers.Serializer):
    """A paper that a claim needs, and what was brought of it last; its number only for those who see the evidence."""

    asked = SchemePaperOut(source="paper")
    there = serializers.SerializerMethodField()
    number = serializers.SerializerMethodField()
    at = serializers.DateTimeField(source="brought.at", default=None, allow_null=True)

    def get_there(self, one) -> bool:
        """Return whether somebody brought it."""
        return one.brought is not None

    def get_number(self, one) -> str:
        """Return the number that was brought."""
        return one.brought.number if one.brought is not None and self.context["evidence"] else ""


class ClaimPapers(APIView):
    """The papers of one claim."""

    parser_classes = [MultiPartParser]

    @extend_schema_serializer(component_name="ClaimPaperBring")
    class Input(serializers.Serializer):
        """Which paper, with a photo of it or its number, as the scheme asks."""

        paper = IdField()
        number = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
        photo = serializers.FileField(required=False)

    @extend_schema(responses=ClaimPaperOut(many=True), operation_id="claim_papers")
    def get(self, request, claim_id):
        """List what the claim needs as it stands, and what is there."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_see)
        return _papers(request, claim)

    @extend_schema(
        request={"multipart/form-data": Input},
        responses={201: ClaimPaperOut(many=True)},
        parameters=[KEY],
        operation_id="claim_paper_bring",
    )
    def post(self, request, claim_id):
        """Add a paper while the claim waits for the township; the newest of a kind counts."""
        claim = permissions.access_claim(request.user, claim_id, to=permissions.can_bring_paper)
        data = read_input(self.Input, request)
        paper = get_object_or_404(SchemePaper, pk=data["paper"], scheme=claim.scheme_id)
        photo = data.pop("photo", None)

        def act(at: dt.datetime) -> None:
            shown = receive_photo(photo, by=request.user, at=at, public=False) if photo is not None else None
            bring_paper(claim, paper, number=data["number"], photo=shown, by=request.user, at=at)

        act_for_program(request, data, act)
        return _papers(request, claim, status=201)


def _papers(request, claim, *, status=200) -> Response:
    context = {"evidence": permissions.can_see_photos(request.user, claim)}
    return Response(ClaimPaperOut(papers_of(claim), many=True, context=context).data, status=status)
