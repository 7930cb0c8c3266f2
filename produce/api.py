"""The dictionary for programs: what goods fetched, what is proposed, and the second person's word."""

import datetime as dt

from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel import clock, versions
from kernel.api_fields import KEY, DayField, IdField, WholeNumberField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page, require_known
from kernel.money import price_per_kg
from kernel.weight import COUNT_WORDS, MOST_G, PACKED
from produce import permissions
from produce.forms import ProduceForm
from produce.models import ChangeStatus, PaperKind, PriceMedian, ProduceChange, StockUnit
from produce.selectors import dictionary_changes, medians
from produce.services import dictionary_changes as services
from records.doors import act_for_program, program_acts_on

MOST_DAYS = 366


class PriceOut(serializers.Serializer):
    """The middle of the prices of one day at one source."""

    day = DayField()
    source = serializers.ChoiceField(PriceMedian.Source.choices)  # type: ignore[assignment]  # a field of that name
    grade = serializers.CharField(source="grade.code", default="", help_text="Empty: whatever the grade.")
    yuan_per_kg = serializers.SerializerMethodField()
    low_yuan_per_kg = serializers.SerializerMethodField()
    high_yuan_per_kg = serializers.SerializerMethodField()
    prices = serializers.IntegerField(help_text="How many prices it is the middle of.")

    def get_yuan_per_kg(self, row) -> str:
        """Return the middle price of a kilogram."""
        return _kg(row.median_fen)

    def get_low_yuan_per_kg(self, row) -> str:
        """Return the lowest price of a kilogram."""
        return _kg(row.low_fen)

    def get_high_yuan_per_kg(self, row) -> str:
        """Return the highest price of a kilogram."""
        return _kg(row.high_fen)


class PricesOut(serializers.Serializer):
    """The prices of one kind of goods, day by day."""

    produce = serializers.CharField()
    first = DayField()
    last = DayField()
    results = PriceOut(many=True)


class ProposalOut(serializers.Serializer):
    """What somebody proposes that the dictionary should say."""

    id = IdField()
    produce = serializers.CharField(source="produce.code", default="", help_text="Empty: a new entry.")
    status = serializers.ChoiceField(ChangeStatus.choices)
    becomes = serializers.DictField(help_text="Column → from, to; weights in grams.")
    reason = serializers.CharField()
    proposed_at = serializers.DateTimeField(source="at")


class ProposalPageOut(PageOut):
    """One page of proposals."""

    results = ProposalOut(many=True)


class ProducePrices(APIView):
    """What goods fetched; for everybody, without a person's or household's name."""

    permission_classes = [AllowAny]

    @extend_schema_serializer(component_name="ProducePricesInput")
    class Input(serializers.Serializer):
        """Which days, both included: the last 366 unless said."""

        first = DayField(required=False)
        last = DayField(required=False)
        source = serializers.ChoiceField(PriceMedian.Source.choices, required=False)  # type: ignore[assignment]
        grade = serializers.SlugField(required=False, max_length=16)

    @extend_schema(
        operation_id="produce_prices",
        responses=PricesOut,
        parameters=[
            OpenApiParameter("first", dt.date, description="The first day; at most 366 days are answered."),
            OpenApiParameter("last", dt.date, description="The last day; today unless said."),
            OpenApiParameter("source", str, enum=list(PriceMedian.Source.values)),
            OpenApiParameter("grade", str, description="A grade's code; whatever the grade unless said."),
        ],
    )
    def get(self, request, produce_code: str):
        """Return the medians of the days asked for; 304 while nothing has changed."""
        produce = permissions.produce_or_404(produce_code)
        form = self.Input(data=request.query_params)
        require_known(request, form.fields)
        form.is_valid(raise_exception=True)
        typed = form.validated_data
        last = typed.get("last") or clock.county_day(clock.now())
        first = typed.get("first") or max(last - dt.timedelta(days=MOST_DAYS - 1), dt.date(1970, 1, 1))
        if not 0 <= (last - first).days < MOST_DAYS:
            raise ValidationError({"first": [_("Ask for 1 to 366 days.")]})
        rows = medians.daily(produce, first, last)
        rows = rows.filter(source=typed["source"]) if "source" in typed else rows
        rows = rows.filter(grade__code=typed["grade"]) if "grade" in typed else rows.filter(grade=None)
        body = {"produce": produce.code, "first": first, "last": last, "results": PriceOut(rows, many=True).data}
        tag = f'"{versions.fingerprint(body)[:32]}"'
        answer = get_conditional_response(request._request, etag=tag) or Response(body)
        answer.headers["ETag"] = tag
        patch_cache_control(answer, no_cache=True)
        return answer


class Proposals(APIView):
    """What is proposed for the dictionary."""

    @extend_schema_serializer(component_name="ProposalInput")
    class Input(serializers.Serializer):
        """What columns of an entry shall say; what is left out stays. New entries and grades have their page."""

        produce = serializers.SlugField(max_length=32, help_text="code of the entry")
        reason = serializers.CharField(max_length=200)
        name = serializers.CharField(max_length=24, required=False)
        name_en = serializers.CharField(max_length=40, required=False)
        aliases = serializers.ListField(child=serializers.CharField(max_length=24), max_length=12, required=False)
        category = serializers.CharField(max_length=16, required=False)
        picture = serializers.CharField(max_length=24, required=False)
        stock_unit = serializers.ChoiceField(StockUnit.choices, required=False)
        piece_g = WholeNumberField(min_value=1, max_value=MOST_G, required=False, allow_null=True, help_text="grams")
        count_word = serializers.ChoiceField(
            [*COUNT_WORDS],
            required=False,
            allow_blank=True,
            help_text="of what is sold in pieces: 只 animal, 头 head, …",
        )
        packs = serializers.ListField(child=serializers.ChoiceField(PACKED), max_length=2, required=False)
        shelf_days = WholeNumberField(min_value=1, max_value=3650, required=False)
        shelf_days_cold = WholeNumberField(min_value=1, max_value=3650, required=False)
        season = serializers.ListField(
            child=WholeNumberField(min_value=1, max_value=12), max_length=12, required=False, help_text="months"
        )
        yield_g_per_mu = WholeNumberField(
            min_value=1000, max_value=100_000_000, required=False, allow_null=True, help_text="grams, whole kilograms"
        )
        papers = serializers.ListField(child=serializers.ChoiceField(PaperKind.choices), max_length=3, required=False)
        forbidden = serializers.BooleanField(required=False)
        forbidden_reason = serializers.CharField(max_length=200, required=False, allow_blank=True)

    @extend_schema(parameters=PAGING, responses=ProposalPageOut, operation_id="proposal_list")
    def get(self, request):
        """List proposals, the newest first."""
        permissions.access_dictionary(request.user)
        return answer_page(dictionary_changes.all_changes(), ProposalOut, request=request, view=self)

    @extend_schema(operation_id="proposal_make", request=Input, responses={201: ProposalOut}, parameters=[KEY])
    def post(self, request: SignedInCall) -> Response:
        """Propose what an entry shall say, as on its page; another person agrees or refuses."""
        permissions.access_keep_dictionary(request.user)
        asked = read_input(self.Input, request)
        produce, reason = permissions.produce_or_404(asked.pop("produce")), asked.pop("reason")
        becomes = ProduceForm.read_values(produce, dictionary_changes.values_of(produce) | asked, reason)

        def act(at: dt.datetime) -> dict[str, int]:
            return {"made": services.propose(produce=produce, values=becomes, reason=reason, by=request.user, at=at).pk}

        made = act_for_program(request, {"produce": produce.code, "becomes": becomes, "reason": reason}, act)["made"]
        return Response(ProposalOut(permissions.access_proposal(request.user, made)).data, status=201)


class Proposal(APIView):
    """One proposal."""

    @extend_schema(responses=ProposalOut, operation_id="proposal_detail")
    def get(self, request, change_id: int):
        """Return one proposal."""
        return Response(ProposalOut(permissions.access_proposal(request.user, change_id)).data)


def _decided(proposal: ProduceChange) -> Response:
    return Response(ProposalOut(ProduceChange.objects.select_related("produce").get(pk=proposal.pk)).data)


class AgreeProposal(APIView):
    """Agreeing."""

    @extend_schema(operation_id="proposal_agree", request=None, responses=ProposalOut, parameters=[KEY])
    def post(self, request: SignedInCall, change_id: int) -> Response:
        """Write it into the dictionary; never by whoever proposed it."""
        proposal = permissions.access_proposal(request.user, change_id, to=permissions.can_decide)
        program_acts_on(request, services.agree, proposal)
        return _decided(proposal)


class RefuseProposal(APIView):
    """Refusing."""

    @extend_schema_serializer(component_name="ProposalRefuseInput")
    class Input(serializers.Serializer):
        """Why it is refused."""

        reason = serializers.CharField(max_length=200)

    @extend_schema(operation_id="proposal_refuse", request=Input, responses=ProposalOut, parameters=[KEY])
    def post(self, request: SignedInCall, change_id: int) -> Response:
        """Leave the dictionary as it is; never by whoever proposed the change."""
        proposal = permissions.access_proposal(request.user, change_id, to=permissions.can_decide)
        program_acts_on(request, services.refuse, proposal, self.Input)
        return _decided(proposal)


def _kg(fen: int) -> str:
    return price_per_kg(fen, 500).replace(",", "")
