"""Payout batches for finance's programs: masked; cards and names leave in the bank's file alone."""

import datetime as dt
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.doors import SignedInCall
from kernel import masking
from kernel.api_fields import KEY, DayField, IdField, YuanField, read_input
from kernel.api_pages import PAGING, PageOut, answer_page, narrowed_for_program, parameters_of
from ledger import permissions, selectors
from ledger.filters import VerdictFilter
from ledger.models import Contradiction, Payment
from ledger.pages.verdicts import verdict_line
from ledger.selectors.arriving import own_payments
from ledger.selectors.verdicts import Verdict, judged, verdict_sums
from ledger.services import arriving, contradictions, mending, payouts
from records.doors import Verb, act_for_program, program_acts_on

Shape = type[serializers.Serializer]


class BatchOut(serializers.Serializer):
    """One batch."""

    id = IdField()
    number = serializers.CharField()
    payer = serializers.CharField(source="payer.name")
    status = serializers.CharField()
    lines = serializers.IntegerField()
    total_yuan = YuanField(source="total_fen")
    prepared_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)


class BatchPageOut(PageOut):
    """One page of batches."""

    results = BatchOut(many=True)


class PaymentOut(serializers.Serializer):
    """One line of a batch, masked."""

    line_no = serializers.IntegerField()
    reference = serializers.CharField(source="line_reference")
    status = serializers.CharField()
    amount_yuan = YuanField(source="amount_fen")
    name = serializers.SerializerMethodField()
    card = serializers.SerializerMethodField()
    failure = serializers.CharField()

    def get_name(self, payment: Payment) -> str:
        """Return the payee's name, masked."""
        return masking.mask_name(payment.payee.payee_name)

    def get_card(self, payment: Payment) -> str:
        """Return the card, masked."""
        return masking.mask_card(payment.payee.card)


class BatchDetailOut(BatchOut):
    """One batch with its lines."""

    payments = PaymentOut(many=True)


class Batches(APIView):
    """The batches one may see."""

    @extend_schema(parameters=PAGING, responses=BatchPageOut, operation_id="batch_list")
    def get(self, request: SignedInCall) -> Response:
        """List batches, the newest first."""
        permissions.access_batches(request.user)
        return answer_page(selectors.batches_seen_by(request.user), BatchOut, request=request, view=self)


class Batch(APIView):
    """One batch."""

    @extend_schema(responses=BatchDetailOut, operation_id="batch_detail")
    def get(self, request: SignedInCall, batch_id: int) -> Response:
        """Return one batch with its lines, masked."""
        return _batch(request, batch_id)


class VerdictLineOut(serializers.Serializer):
    """One line under its verdict, masked; a stray is a line of the bank alone."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)
    line_no = serializers.IntegerField(allow_null=True)
    reference = serializers.CharField()
    name = serializers.CharField()
    card = serializers.CharField()
    status = serializers.CharField()
    amount_yuan = YuanField(source="amount_fen", allow_null=True)
    answered_yuan = YuanField(source="answered_fen", allow_null=True)
    why = serializers.CharField()
    next = serializers.CharField()

    def to_representation(self, instance: Any) -> Any:
        """Return a payment or a stray as a line."""
        return super().to_representation(verdict_line(instance))


class VerdictSumOut(serializers.Serializer):
    """How many lines stand under one verdict, and their sum."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)
    lines = serializers.IntegerField()
    total_yuan = YuanField(source="fen")


class VerdictPageOut(PageOut):
    """One page of lines, and the sums of the whole batch."""

    results = VerdictLineOut(many=True)
    sums = VerdictSumOut(many=True)


class BatchVerdicts(APIView):
    """What the bank's answers to one batch come to."""

    @extend_schema(
        parameters=[*PAGING, *parameters_of(VerdictFilter)], responses=VerdictPageOut, operation_id="batch_verdicts"
    )
    def get(self, request: SignedInCall, batch_id: int) -> Response:
        """List the lines of a batch under their verdicts; `verdict=stray` lists the bank's lines that are not ours."""
        batch = permissions.access_batch(request.user, batch_id, to=permissions.can_see)
        rows = narrowed_for_program(request, VerdictFilter, judged(batch))
        answer = answer_page(rows, VerdictLineOut, request=request, view=self)
        answer.data["sums"] = VerdictSumOut(verdict_sums(batch), many=True).data
        return answer


class SendBatch(APIView):
    """The second hand."""

    @extend_schema(request=None, responses=BatchDetailOut, parameters=[KEY], operation_id="batch_send")
    def post(self, request: SignedInCall, batch_id: int) -> Response:
        """Check and send a batch; never by its maker."""
        batch = permissions.access_batch(request.user, batch_id, to=permissions.can_send)
        program_acts_on(request, payouts.send_batch, batch)
        return _batch(request, batch_id)


def _batch(request: SignedInCall, batch_id: int) -> Response:
    batch = permissions.access_batch(request.user, batch_id, to=permissions.can_see)
    return Response(BatchOut(batch).data | {"payments": PaymentOut(selectors.lines_of(batch), many=True).data})


class ReturnCaseOut(serializers.Serializer):
    """One payment that came back, masked."""

    id = serializers.UUIDField()
    status = serializers.CharField()
    reference = serializers.CharField(source="payment.line_reference")
    document = serializers.CharField(source="payable.document")
    amount_yuan = YuanField(source="payable.amount_fen")
    reason = serializers.CharField()
    opened_at = serializers.DateTimeField()
    card = serializers.SerializerMethodField()
    proposed_card = serializers.SerializerMethodField()

    def get_card(self, case: Any) -> str:
        """Return the card it was sent to, masked."""
        return masking.mask_card(case.payment.payee.card)

    def get_proposed_card(self, case: Any) -> str:
        """Return the proposed card, masked; empty while nothing is proposed."""
        return masking.mask_card(case.card) if case.card_sealed else ""


class ReturnCasePageOut(PageOut):
    """One page of what came back."""

    results = ReturnCaseOut(many=True)


class PayeeIn(serializers.Serializer):
    """The card to pay on; without a number, the one on record now."""

    number = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    holder = serializers.CharField(max_length=50, required=False, default="", allow_blank=True)
    bank = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)


class WhyIn(serializers.Serializer):
    """What does not match."""

    why = serializers.CharField(max_length=200)


class ContradictionOut(serializers.Serializer):
    """One payment of which the bank said two things."""

    id = IdField()
    status = serializers.CharField()
    reference = serializers.CharField(source="payment.line_reference")
    document = serializers.CharField(source="payment.payable.document")
    amount_yuan = YuanField(source="payment.amount_fen")
    opened_at = serializers.DateTimeField()
    letter_number = serializers.CharField()
    letter_on = DayField(allow_null=True)
    holds = serializers.CharField()


class ContradictionPageOut(PageOut):
    """One page of contradictions."""

    results = ContradictionOut(many=True)


class LetterIn(serializers.Serializer):
    """The bank's letter and which answer it confirms."""

    letter_number = serializers.CharField(max_length=60)
    letter_on = DayField()
    holds = serializers.ChoiceField(choices=Contradiction.Holds.choices)


class ReturnCases(APIView):
    """What came back."""

    @extend_schema(parameters=PAGING, responses=ReturnCasePageOut, operation_id="return_case_list")
    def get(self, request: SignedInCall) -> Response:
        """List what came back."""
        permissions.access_problems(request.user)
        return answer_page(selectors.cases_seen_by(request.user), ReturnCaseOut, request=request, view=self)


class ReturnCaseDetail(APIView):
    """One payment that came back."""

    @extend_schema(responses=ReturnCaseOut, operation_id="return_case")
    def get(self, request: SignedInCall, case_id: UUID) -> Response:
        """Return one case, masked."""
        case = permissions.access_case(request.user, case_id, to=permissions.can_see_case)
        return Response(ReturnCaseOut(case).data)


class ProposePayee(APIView):
    """The first hand."""

    @extend_schema(request=PayeeIn, responses=ReturnCaseOut, parameters=[KEY], operation_id="return_case_propose")
    def post(self, request: SignedInCall, case_id: UUID) -> Response:
        """Propose the card on which it is paid anew."""
        return _on_case(request, case_id, mending.propose_payee, PayeeIn)


class ConfirmPayee(APIView):
    """The second hand."""

    @extend_schema(request=None, responses=ReturnCaseOut, parameters=[KEY], operation_id="return_case_confirm")
    def post(self, request: SignedInCall, case_id: UUID) -> Response:
        """Confirm the proposed card; never by who proposed it."""
        return _on_case(request, case_id, mending.confirm_payee)


class RejectPayee(APIView):
    """The second hand says no."""

    @extend_schema(request=WhyIn, responses=ReturnCaseOut, parameters=[KEY], operation_id="return_case_reject")
    def post(self, request: SignedInCall, case_id: UUID) -> Response:
        """Send a proposed card back with words."""
        return _on_case(request, case_id, mending.reject_payee, WhyIn)


def _on_case(request: SignedInCall, case_id: UUID, verb: Verb, shape: Shape | None = None) -> Response:
    case = permissions.access_case(request.user, case_id, to=permissions.can_mend)
    program_acts_on(request, verb, case, shape)
    return ReturnCaseDetail().get(request, case_id)


class Contradictions(APIView):
    """What the bank contradicts."""

    @extend_schema(parameters=PAGING, responses=ContradictionPageOut, operation_id="contradiction_list")
    def get(self, request: SignedInCall) -> Response:
        """List contradictions, the newest first."""
        permissions.access_problems(request.user)
        rows = selectors.contradictions_seen_by(request.user)
        return answer_page(rows, ContradictionOut, request=request, view=self)


class ContradictionDetail(APIView):
    """One contradiction."""

    @extend_schema(responses=ContradictionOut, operation_id="contradiction")
    def get(self, request: SignedInCall, contradiction_id: int) -> Response:
        """Return one contradiction."""
        row = permissions.access_contradiction(request.user, contradiction_id, to=permissions.can_see_case)
        return Response(ContradictionOut(row).data)


class ProposeLetter(APIView):
    """The first hand."""

    @extend_schema(request=LetterIn, responses=ContradictionOut, parameters=[KEY], operation_id="contradiction_propose")
    def post(self, request: SignedInCall, contradiction_id: int) -> Response:
        """Enter the bank's letter."""
        return _on_contradiction(request, contradiction_id, contradictions.propose_letter, LetterIn)


class ConfirmLetter(APIView):
    """The second hand."""

    @extend_schema(request=None, responses=ContradictionOut, parameters=[KEY], operation_id="contradiction_confirm")
    def post(self, request: SignedInCall, contradiction_id: int) -> Response:
        """Settle it by the letter; never by who entered it."""
        return _on_contradiction(request, contradiction_id, contradictions.confirm_letter)


class RejectLetter(APIView):
    """The second hand says no."""

    @extend_schema(request=WhyIn, responses=ContradictionOut, parameters=[KEY], operation_id="contradiction_reject")
    def post(self, request: SignedInCall, contradiction_id: int) -> Response:
        """Send an entered letter back with words."""
        return _on_contradiction(request, contradiction_id, contradictions.reject_letter, WhyIn)


def _on_contradiction(request: SignedInCall, row_id: int, verb: Verb, shape: Shape | None = None) -> Response:
    row = permissions.access_contradiction(request.user, row_id, to=permissions.can_mend)
    program_acts_on(request, verb, row, shape)
    return ContradictionDetail().get(request, row_id)


class OwnMoneyOut(serializers.Serializer):
    """One payment to oneself, and what one said of it."""

    id = IdField()
    payer = serializers.CharField(source="payable.payer.name")
    kind = serializers.CharField(source="payable.kind")
    amount_yuan = YuanField(source="amount_fen")
    paid_at = serializers.DateTimeField()
    arrived = serializers.SerializerMethodField()

    def get_arrived(self, payment: Payment) -> bool | None:
        """Return what was said, nothing before."""
        row = getattr(payment, "payee_answer", None)
        return None if row is None else row.arrived


class OwnMoneyPageOut(PageOut):
    """One page of payments to oneself."""

    results = OwnMoneyOut(many=True)


class OwnMoney(APIView):
    """What was paid to oneself."""

    @extend_schema(parameters=PAGING, responses=OwnMoneyPageOut, operation_id="money_arrived")
    def get(self, request: SignedInCall) -> Response:
        """List the payments to one's household or co-operative that the bank made, the newest first."""
        rows = own_payments(permissions.access_own_money(request.user)).filter(paid_at__isnull=False)
        return answer_page(rows, OwnMoneyOut, request=request, view=self)


class MoneyAnswer(APIView):
    """「钱到了吗?」."""

    @extend_schema_serializer(component_name="MoneyAnswerIn")
    class Input(serializers.Serializer):
        """Whether it arrived."""

        arrived = serializers.BooleanField()

    @extend_schema(request=Input, responses={201: OwnMoneyOut}, parameters=[KEY], operation_id="money_answer")
    def post(self, request: SignedInCall, payment_id: int) -> Response:
        """Say whether a payment arrived; no opens a grievance."""
        payment = permissions.access_own_payment(request.user, payment_id)
        data = read_input(self.Input, request)

        def act(at: dt.datetime) -> None:
            arriving.answer_arrival(payment, arrived=data["arrived"], by=request.user, at=at)

        act_for_program(request, data, act)
        payment = permissions.access_own_payment(request.user, payment_id)
        return Response(OwnMoneyOut(payment).data, status=201)
