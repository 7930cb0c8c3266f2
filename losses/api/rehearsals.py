"""Rehearsals of drafts for programs: asked for, listed, read with all they say."""

import datetime as dt

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.api_fields import KEY, DayField, IdField, KilogramField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page, require_known
from losses import permissions
from losses.models import Rehearsal
from losses.pages.rehearsal_pairs import pair_parts
from losses.selectors import rehearsing as selectors
from losses.services import rehearsing
from records.doors import act_for_program


class RehearsalCellOut(serializers.Serializer):
    """What the households of one township and tier would get."""

    basis = serializers.CharField(help_text="reported: what was reported; all: if everything unsold had been")
    township = serializers.CharField(source="township_id")
    tier = serializers.CharField()
    losses = serializers.IntegerField(source="rows")
    kg = KilogramField(source="grams")
    households = serializers.IntegerField()
    need_yuan = YuanField(source="need_fen", help_text="if the money never ended")
    paid_yuan = YuanField(source="paid_fen", help_text="of the money there is, who comes first")
    shared_yuan = YuanField(source="shared_fen", help_text="of the money there is, all alike")
    capped = serializers.IntegerField(help_text="households that reach the most they can get")


class RehearsalFallOut(serializers.Serializer):
    """What of one township would get nothing, and why."""

    basis = serializers.CharField()
    township = serializers.CharField(source="township_id")
    why = serializers.CharField()
    losses = serializers.IntegerField(source="rows")
    kg = KilogramField(source="grams")
    households = serializers.IntegerField(help_text="that would get nothing at all, by their first reason")


class RehearsalOut(serializers.Serializer):
    """One rehearsal: of which draft in which version, over which season, and whether it has run."""

    id = IdField()
    scheme = IdField(source="scheme_id")
    code = serializers.CharField(source="scheme.code")
    version = serializers.CharField(help_text="the same rules have the same")
    money_yuan = YuanField(source="money_fen", help_text="behind the draft when it was asked for")
    from_on = DayField()
    to_on = DayField()
    at = serializers.DateTimeField()
    has_run = serializers.SerializerMethodField()
    need_yuan = serializers.SerializerMethodField()

    def get_has_run(self, rehearsal: Rehearsal) -> bool:
        """Return whether it has run to its end."""
        return hasattr(rehearsal, "result")

    @extend_schema_field(YuanField(allow_null=True, help_text="for what was reported; null until it has run"))
    def get_need_yuan(self, rehearsal: Rehearsal) -> str | None:
        """Return what it would have cost for what was reported."""
        need_fen: int = rehearsal.need_fen or 0  # type: ignore[attr-defined]
        return YuanField().to_representation(need_fen) if hasattr(rehearsal, "result") else None


class RehearsalFullOut(RehearsalOut):
    """One rehearsal with what came of it, or how far it is."""

    done = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()
    cells = RehearsalCellOut(many=True)
    falls = RehearsalFallOut(many=True)

    def get_done(self, rehearsal: Rehearsal) -> int:
        """Return over how many losses it has gone."""
        return rehearsal.result.losses if hasattr(rehearsal, "result") else selectors.progress_of(rehearsal)[0]

    def get_total(self, rehearsal: Rehearsal) -> int:
        """Return of how many; 0 before it begins."""
        return rehearsal.result.losses if hasattr(rehearsal, "result") else selectors.progress_of(rehearsal)[1]


class RehearsalPageOut(PageOut):
    """One page of rehearsals."""

    results = RehearsalOut(many=True)


class Rehearsals(APIView):
    """Every rehearsal."""

    @extend_schema(parameters=PAGING, responses=RehearsalPageOut, operation_id="rehearsal_list")
    def get(self, request):
        """List the rehearsals, newest first: the bureau, finance and the auditor."""
        permissions.access_rehearsals(request.user)
        return answer_page(selectors.rehearsals(), RehearsalOut, request=request, view=self)


class OneRehearsal(APIView):
    """One rehearsal."""

    @extend_schema(responses=RehearsalFullOut, operation_id="rehearsal_detail")
    def get(self, request, rehearsal_id):
        """Return one rehearsal with what came of it."""
        return Response(RehearsalFullOut(permissions.access_rehearsal(request.user, rehearsal_id)).data)


class PairSumsOut(serializers.Serializer):
    """What the households of one row would get by one rehearsal."""

    households = serializers.IntegerField()
    need_yuan = YuanField(source="need_fen", help_text="if the money never ended")
    capped = serializers.IntegerField()


class PairRowOut(serializers.Serializer):
    """All together, one township or one kind of household, by both."""

    name = serializers.CharField()
    first = PairSumsOut()
    second = PairSumsOut()
    more_yuan = serializers.SerializerMethodField(help_text="the second costs so much more; with a minus less")

    def get_more_yuan(self, row) -> str:
        """Return the difference with its sign."""
        sign = "-" if row.more_fen < 0 else ""
        return f"{sign}{YuanField().to_representation(abs(row.more_fen))}"


class PairPartOut(serializers.Serializer):
    """What two rehearsals say of one basis."""

    basis = serializers.CharField(source="key", help_text="reported or all")
    rows = PairRowOut(many=True)


class RehearsalPair(APIView):
    """Two rehearsals side by side."""

    @extend_schema(
        parameters=[OpenApiParameter("first", int), OpenApiParameter("second", int)],
        responses=PairPartOut(many=True),
        operation_id="rehearsal_pair",
    )
    def get(self, request):
        """Compare two rehearsals that have run, the newest two unless said; empty if fewer have."""
        permissions.access_rehearsals(request.user)
        asked = request.query_params
        require_known(request, ("first", "second"))
        try:
            two = selectors.two_of(asked.get("first", ""), asked.get("second", ""))
        except Rehearsal.DoesNotExist:
            raise Http404 from None
        return Response(PairPartOut(pair_parts(*two) if two else [], many=True).data)


class RehearseScheme(APIView):
    """A draft rehearsed."""

    @extend_schema_serializer(component_name="RehearsalAsk")
    class Input(serializers.Serializer):
        """A season that is over, of two years at most."""

        from_on = DayField()
        to_on = DayField()

    @extend_schema(request=Input, responses={201: RehearsalFullOut}, parameters=[KEY], operation_id="rehearsal_ask")
    def post(self, request, scheme_id):
        """Ask to run a draft over a past season; it runs by itself."""
        scheme = permissions.access_draft(request.user, scheme_id)
        asked = read_input(self.Input, request)

        def act(at: dt.datetime) -> dict[str, int]:
            return {"rehearsal": rehearsing.ask(scheme, **asked, by=request.user, at=at).pk}

        led_to = act_for_program(request, asked, act)
        row = permissions.access_rehearsal(request.user, led_to["rehearsal"])
        return Response(RehearsalFullOut(row).data, status=201)
