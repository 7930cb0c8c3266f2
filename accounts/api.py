"""What others did in a household's name, and 「不是我」, for programs: the same services and doors as the pages."""

import datetime as dt
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import permissions, selectors
from accounts.doors import SignedInCall
from accounts.filters import GrievanceFilter
from accounts.models import Consent, Dispute, DisputeStatus, Grievance, GrievanceStatus
from accounts.pages.grievances import asker
from accounts.selectors.grievances import grievances_seen_by
from accounts.services import acts, grievances
from kernel.api_fields import KEY, read_input
from kernel.api_pages import PAGING, KeysetPages, PageOut, answer_page, narrowed_for_program, parameters_of
from kernel.masking import mask_name
from records.doors import act_for_program, program_acts_on


class Named(serializers.ModelSerializer):
    """Rows with what was done, in words that are asked for once a page."""

    what = serializers.SerializerMethodField()

    def document_of(self, row: Any) -> str:
        """Return the document of the act."""
        raise NotImplementedError

    def get_what(self, row: Any) -> str:
        """Return what was done."""
        return self._names.get(self.document_of(row), _("Something done for you"))

    @cached_property
    def _names(self) -> dict[str, str]:
        page = self.parent
        rows: Any = page.instance if isinstance(page, serializers.ListSerializer) else [self.instance]
        return acts.named(self.document_of(row) for row in rows)


class DoneOut(Named):
    """One act of somebody else."""

    who = serializers.CharField(source="by.person.name")
    disputed = serializers.SerializerMethodField()
    held = serializers.SerializerMethodField()
    answer = serializers.SerializerMethodField()

    class Meta:
        """What the household reads of it."""

        model = Consent
        fields = ["id", "what", "who", "how", "at", "disputed", "held", "answer"]

    def document_of(self, row: Consent) -> str:
        """Return the document of the act."""
        return row.document

    def get_disputed(self, consent: Consent) -> str:
        """Return how its dispute stands, empty without one."""
        row = getattr(consent, "dispute", None)
        return row.status if row is not None else ""

    def get_held(self, consent: Consent) -> str:
        """Return what is held until an officer answered."""
        row = getattr(consent, "dispute", None)
        return row.held if row is not None and row.status == DisputeStatus.OPEN else ""

    def get_answer(self, consent: Consent) -> str:
        """Return what an officer answered, empty before."""
        row = getattr(consent, "dispute", None)
        return row.answer if row is not None else ""


class DonePageOut(PageOut):
    """One page of acts."""

    results = DoneOut(many=True)


class DisputeOut(Named):
    """One dispute."""

    household = serializers.SerializerMethodField()
    village = serializers.CharField(source="household.village.name")

    class Meta:
        """What an officer reads of it."""

        model = Dispute
        fields = ["id", "what", "household", "village", "status", "at", "held", "answer", "answered_at"]

    def document_of(self, row: Dispute) -> str:
        """Return the document of the act."""
        return row.consent.document

    def get_household(self, row: Dispute) -> str:
        """Return the masked name of the household's head."""
        return mask_name(row.household.head_name)


class DisputePageOut(PageOut):
    """One page of disputes."""

    results = DisputeOut(many=True)


class DoneForMe(APIView):
    """What others did."""

    @extend_schema(parameters=PAGING, responses=DonePageOut, operation_id="done_for_me")
    def get(self, request: SignedInCall) -> Response:
        """List what others did in the name of one's household, the newest first."""
        rows = selectors.done_for(permissions.access_done_for(request.user))
        newest = type("Newest", (KeysetPages,), {"ordering": ("-at", "-pk")})
        return answer_page(rows, DoneOut, request=request, view=self, pages=newest)


class NotMe(APIView):
    """「不是我」."""

    @extend_schema(request=None, responses={201: DisputeOut}, parameters=[KEY], operation_id="act_not_me")
    def post(self, request: SignedInCall, consent_id: UUID) -> Response:
        """Say that it was not the household; what can be held is held."""
        consent = permissions.access_act(request.user, consent_id)
        act_for_program(request, {}, lambda at: acts.dispute(consent, by=request.user, at=at))
        return Response(DisputeOut(Dispute.objects.get(consent=consent)).data, status=201)


class Disputes(APIView):
    """What households dispute."""

    @extend_schema(parameters=PAGING, responses=DisputePageOut, operation_id="dispute_list")
    def get(self, request: SignedInCall) -> Response:
        """List what households of one's area dispute, the oldest first."""
        rows = selectors.disputes_seen_by(permissions.access_disputes(request.user))
        oldest = type("Oldest", (KeysetPages,), {"ordering": ("at", "pk")})
        return answer_page(rows, DisputeOut, request=request, view=self, pages=oldest)


class Answer(APIView):
    """The answer of an officer."""

    @extend_schema_serializer(component_name="DisputeAnswer")
    class Input(serializers.Serializer):
        """What was found, and the words that the household reads."""

        verdict = serializers.ChoiceField(choices=[DisputeStatus.UPHELD.value, DisputeStatus.EXPLAINED.value])
        answer = serializers.CharField(max_length=500)

    @extend_schema(request=Input, responses=DisputeOut, parameters=[KEY], operation_id="dispute_answer")
    def post(self, request: SignedInCall, dispute_id: UUID) -> Response:
        """Answer a household."""
        row = permissions.access_dispute_to_answer(request.user, dispute_id)
        data = read_input(self.Input, request)
        upheld = data["verdict"] == DisputeStatus.UPHELD
        act_for_program(
            request, data, lambda at: acts.answer(row, upheld=upheld, words=data["answer"], by=request.user, at=at)
        )
        row.refresh_from_db()
        return Response(DisputeOut(row).data)


class GrievanceOut(serializers.ModelSerializer):
    """One grievance: what is said, whose turn it is until when, the answer."""

    asker = serializers.SerializerMethodField()
    status = serializers.ChoiceField(GrievanceStatus.choices)
    reopens = serializers.CharField(source="reopens.number", default=None, allow_null=True)

    class Meta:
        """What who asked and the officers read of it."""

        model = Grievance
        fields = [
            "id", "number", "category", "about", "asker", "words", "status", "at", "answer_by_at", "escalated_at",
            "answer", "ended_at", "reopens",
        ]  # fmt: skip

    def get_asker(self, row: Grievance) -> str:
        """Return whose it is, a household by its masked head."""
        return asker(row)


class GrievancePageOut(PageOut):
    """One page of grievances."""

    results = GrievanceOut(many=True)


class Grievances(APIView):
    """Grievances that one may read."""

    @extend_schema(
        parameters=[*PAGING, *parameters_of(GrievanceFilter)],
        responses=GrievancePageOut,
        operation_id="grievance_list",
    )
    def get(self, request: SignedInCall) -> Response:
        """List one's own grievances, for officers those of their desk, the newest first."""
        rows = grievances_seen_by(permissions.access_grievances(request.user))
        return answer_page(
            narrowed_for_program(request, GrievanceFilter, rows), GrievanceOut, request=request, view=self
        )

    @extend_schema_serializer(component_name="GrievanceIn")
    class Input(serializers.Serializer):
        """What it is about, and what is not right."""

        about = serializers.RegexField(
            r"^[a-z]{1,16}:[0-9a-f-]{1,36}$", help_text="`household:…`, `organisation:…` or `sanction:…`"
        )
        words = serializers.CharField(max_length=300)

    @extend_schema(request=Input, responses={201: GrievanceOut}, parameters=[KEY], operation_id="grievance_new")
    def post(self, request: SignedInCall) -> Response:
        """Say what is not right, in the name of the own household, co-operative or buyer."""
        permissions.access_grievances(request.user)
        data = read_input(self.Input, request)
        permissions.access_grievance_new(request.user, data["about"])

        def act(at: dt.datetime) -> dict[str, int]:
            return {"grievance": grievances.say_about(data["about"], words=data["words"], by=request.user, at=at).pk}

        made = act_for_program(request, data, act)["grievance"]
        return Response(GrievanceOut(permissions.access_grievance(request.user, made)).data, status=201)


class OneGrievance(APIView):
    """One grievance."""

    @extend_schema(responses=GrievanceOut, operation_id="grievance_detail")
    def get(self, request: SignedInCall, grievance_id: int) -> Response:
        """Return one grievance."""
        return Response(GrievanceOut(permissions.access_grievance(request.user, grievance_id)).data)


class AnswerGrievance(APIView):
    """The answer of an officer."""

    @extend_schema_serializer(component_name="GrievanceAnswerIn")
    class Input(serializers.Serializer):
        """What came out, and the words that whoever asked reads."""

        verdict = serializers.ChoiceField(choices=[GrievanceStatus.UPHELD.value, GrievanceStatus.EXPLAINED.value])
        words = serializers.CharField(max_length=500)

    @extend_schema(request=Input, responses=GrievanceOut, parameters=[KEY], operation_id="grievance_answer")
    def post(self, request: SignedInCall, grievance_id: int) -> Response:
        """Answer a grievance."""
        row = permissions.access_grievance_to_answer(request.user, grievance_id)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> None:
            upheld = data["verdict"] == GrievanceStatus.UPHELD
            grievances.answer(row, upheld=upheld, words=data["words"], by=request.user, at=at)

        act_for_program(request, data, act)
        return Response(GrievanceOut(permissions.access_grievance(request.user, grievance_id)).data)


class WithdrawGrievance(APIView):
    """It has settled itself."""

    @extend_schema(request=None, responses=GrievanceOut, parameters=[KEY], operation_id="grievance_withdraw")
    def post(self, request: SignedInCall, grievance_id: int) -> Response:
        """Take back what one said."""
        row = permissions.access_own_grievance(request.user, grievance_id)
        program_acts_on(request, grievances.withdraw, row)
        return Response(GrievanceOut(permissions.access_grievance(request.user, grievance_id)).data)


class ReopenGrievance(APIView):
    """It is still not right."""

    @extend_schema_serializer(component_name="GrievanceReopenIn")
    class Input(serializers.Serializer):
        """What is still not right."""

        words = serializers.CharField(max_length=300)

    @extend_schema(request=Input, responses={201: GrievanceOut}, parameters=[KEY], operation_id="grievance_reopen")
    def post(self, request: SignedInCall, grievance_id: int) -> Response:
        """Open an ended grievance again, once."""
        row = permissions.access_own_grievance(request.user, grievance_id)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> dict[str, int]:
            return {"grievance": grievances.reopen(row, words=data["words"], by=request.user, at=at).pk}

        made = act_for_program(request, data, act)["grievance"]
        return Response(GrievanceOut(permissions.access_grievance(request.user, made)).data, status=201)
