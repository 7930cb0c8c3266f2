"""Refused tries in words: which doors are of money or of a decision, what they are called, why somebody was refused."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.selectors import spoken_time
from kernel.errors import DomainError
from kernel.present import StrOrPromise
from kernel.shown import Link
from records.models import RefusedTry
from records.services.tries import MANY
from reports.pages.documents import document_link
from reports.selectors.log import seen_name

NOT_ALLOWED, NOT_THERE = "not_allowed", "not_there"

# Every door of money or of a decision, by the name of its page. Whoever is refused there leaves a row.
DOORS: dict[str, StrOrPromise] = {
    "fund-budget": pgettext_lazy("door", "Propose a budget"),
    "budget-confirm": pgettext_lazy("door", "Confirm a budget"),
    "budget-refuse": pgettext_lazy("door", "Refuse a budget"),
    "purchase-plan-new": pgettext_lazy("door", "Send a purchase plan"),
    "purchase-plan-approve": pgettext_lazy("door", "Approve a purchase plan"),
    "purchase-plan-refuse": pgettext_lazy("door", "Refuse a purchase plan"),
    "purchase-plan-withdraw": pgettext_lazy("door", "Take a purchase plan back"),
    "purchase-plan-close": pgettext_lazy("door", "Close a purchase plan"),
    "purchase-plan-notice": pgettext_lazy("door", "Put a purchase plan on public notice"),
    "purchase-plan-quote": pgettext_lazy("door", "Add a quote to a purchase plan"),
    "purchase-plan-objection": pgettext_lazy("door", "Answer an objection to a purchase plan"),
    "signed-list-open": pgettext_lazy("door", "Open the signed list of a plan"),
    "signed-list-names": pgettext_lazy("door", "Put names on a signed list"),
    "signed-list-photo": pgettext_lazy("door", "Add a photo to a signed list"),
    "signed-list-answer": pgettext_lazy("door", "Answer lines of a signed list"),
    "union-list-new": pgettext_lazy("door", "Send the list of a union's members"),
    "union-list-enter": pgettext_lazy("door", "Enter the list of a union's members"),
    "union-list-refuse": pgettext_lazy("door", "Refuse the list of a union's members"),
    "union-list-withdraw": pgettext_lazy("door", "Take back the list of a union's members"),
    "order-new": pgettext_lazy("door", "Place an order"),
    "order-plan": pgettext_lazy("door", "Place an order from a plan"),
    "order-basket-check": pgettext_lazy("door", "Place the orders of a basket"),
    "order-approve": pgettext_lazy("door", "Approve an order"),
    "order-refuse": pgettext_lazy("door", "Send an order back"),
    "order-cancel": pgettext_lazy("door", "Call off an order"),
    "kept-plan-shares": pgettext_lazy("door", "Change the shares of a plan"),
    "order-amend": pgettext_lazy("door", "Want less of an order"),
    "order-fund": pgettext_lazy("door", "Pay an order from another fund"),
    "order-settle": pgettext_lazy("door", "Settle an order"),
    "sale-confirm": pgettext_lazy("door", "Say yes to an order"),
    "sale-less": pgettext_lazy("door", "Promise less than an order asks for"),
    "sale-decline": pgettext_lazy("door", "Say no to an order"),
    "delivery-ship": pgettext_lazy("door", "Send goods off"),
    "delivery-arrive": pgettext_lazy("door", "Say that goods are at the door"),
    "delivery-accept": pgettext_lazy("door", "Weigh a delivery"),
    "trip-new": pgettext_lazy("door", "Send goods of several orders off"),
    "hand-over": pgettext_lazy("door", "Take goods at the pick-up"),
    "hand-over-confirm": pgettext_lazy("door", "Say that a hand-over is right"),
    "hand-over-contest": pgettext_lazy("door", "Say that a hand-over is not right"),
    "hand-over-back": pgettext_lazy("door", "Give a hand-over back"),
    "receipt-sign": pgettext_lazy("door", "Sign a receipt"),
    "recovery-paid-back": pgettext_lazy("door", "Write down that a seller gave money back"),
    "recovery-waive": pgettext_lazy("door", "Propose to waive a claim"),
    "recovery-confirm": pgettext_lazy("door", "Confirm the end of a claim"),
    "recovery-reject": pgettext_lazy("door", "Strike out the end of a claim"),
    "correction-ask": pgettext_lazy("door", "Propose to correct a receipt"),
    "correction-sign": pgettext_lazy("door", "Sign the correction of a receipt"),
    "return-ask": pgettext_lazy("door", "Ask to send goods back"),
    "return-agree": pgettext_lazy("door", "Take goods back"),
    "return-contest": pgettext_lazy("door", "Refuse to take goods back"),
    "return-decide": pgettext_lazy("door", "Decide about goods sent back"),
    "receipt-line-rate": pgettext_lazy("door", "Say how a sale went"),
    "complaint-new": pgettext_lazy("door", "Complain of a delivery"),
    "complaint-answer": pgettext_lazy("door", "Answer a complaint"),
    "complaint-choose": pgettext_lazy("door", "Say whether an offer is enough"),
    "complaint-take-back": pgettext_lazy("door", "Take a complaint back"),
    "complaint-decide": pgettext_lazy("door", "Decide a complaint"),
    "return-withdraw": pgettext_lazy("door", "Keep goods that were to go back"),
    "payment-record": pgettext_lazy("door", "Record a payment"),
    "payment-card": pgettext_lazy("door", "See a whole card number"),
    "my-card-code": pgettext_lazy("door", "Ask for the code of another card"),
    "my-card-new": pgettext_lazy("door", "Ask for another card of one's own"),
    "payment-confirm": pgettext_lazy("door", "Confirm a payment"),
    "payment-reject": pgettext_lazy("door", "Reject a payment"),
    "invoice-new": pgettext_lazy("door", "Bring a seller's invoice"),
    "invoice-match": pgettext_lazy("door", "Match an invoice"),
    "invoice-return": pgettext_lazy("door", "Send an invoice back"),
    "run-new": pgettext_lazy("door", "Make a pay run"),
    "run-confirm": pgettext_lazy("door", "Confirm a pay run"),
    "run-cancel": pgettext_lazy("door", "Dissolve a pay run"),
    "run-return": pgettext_lazy("door", "Load the bank's answer to a pay run"),
    "batch-new": pgettext_lazy("door", "Make a payout batch"),
    "batch-send": pgettext_lazy("door", "Send a payout batch"),
    "batch-cancel": pgettext_lazy("door", "Dissolve a payout batch"),
    "batch-return": pgettext_lazy("door", "Load the bank's answer"),
    "bank-statement-load": pgettext_lazy("door", "Load the bank's statement"),
    "heir-new": pgettext_lazy("door", "Name an heir"),
    "heir-confirm": pgettext_lazy("door", "Confirm an heir"),
    "heir-reject": pgettext_lazy("door", "Send an heir back"),
    "return-case": pgettext_lazy("door", "Propose another card"),
    "return-case-confirm": pgettext_lazy("door", "Confirm another card"),
    "return-case-reject": pgettext_lazy("door", "Reject another card"),
    "contradiction": pgettext_lazy("door", "Enter the bank's letter"),
    "contradiction-confirm": pgettext_lazy("door", "Confirm the bank's letter"),
    "contradiction-reject": pgettext_lazy("door", "Reject the bank's letter"),
    "restore": pgettext_lazy("door", "Compare a restore with the bank"),
    "restore-file": pgettext_lazy("door", "Bring a lost batch back from its file"),
    "restore-confirm": pgettext_lazy("door", "Confirm what the bank has"),
    "restore-reject": pgettext_lazy("door", "Reject what the bank has"),
    "frozen-batch": pgettext_lazy("door", "Compare a frozen batch with the bank"),
    "frozen-batch-confirm": pgettext_lazy("door", "Let a frozen batch go on"),
    "frozen-batch-reject": pgettext_lazy("door", "Reject a frozen batch"),
    "claim-new": pgettext_lazy("door", "Report a loss"),
    "claim-new-several": pgettext_lazy("door", "Report several goods at once"),
    "claim-new-crop": pgettext_lazy("door", "Report a crop never harvested"),
    "claim-new-sold-low": pgettext_lazy("door", "Report a sale at a loss"),
    "claim-complete": pgettext_lazy("door", "Complete a report"),
    "claim-papers": pgettext_lazy("door", "Add a paper to a report"),
    "claim-withdraw": pgettext_lazy("door", "Take a report back"),
    "claim-village-check": pgettext_lazy("door", "Check in the village"),
    "claim-township-check": pgettext_lazy("door", "Check in the township"),
    "claim-send-back": pgettext_lazy("door", "Send a report back"),
    "claim-refuse": pgettext_lazy("door", "Refuse a report"),
    "award-stopped": pgettext_lazy("door", "Let a stopped award be paid"),
    "relief-recovery-new": pgettext_lazy("door", "Propose to claim relief back"),
    "relief-recovery-decide": pgettext_lazy("door", "Decide whether relief is claimed back"),
    "relief-recovery-receive": pgettext_lazy("door", "Write down relief that came back"),
    "relief-recovery-waive": pgettext_lazy("door", "Propose to waive relief claimed back"),
    "relief-recovery-confirm": pgettext_lazy("door", "Confirm relief that came back or is waived"),
    "relief-recovery-strike": pgettext_lazy("door", "Strike out relief that came back or is waived"),
    "reinspection": pgettext_lazy("door", "Re-inspect an award"),
    "call": pgettext_lazy("door", "Call a household about its report"),
    "appeal-new": pgettext_lazy("door", "Appeal a refusal"),
    "appeal-decide": pgettext_lazy("door", "Decide an appeal"),
    "claim-clear": pgettext_lazy("door", "Clear a finding"),
    "claim-compute": pgettext_lazy("door", "Compute the amount"),
    "claim-review": pgettext_lazy("door", "Review a report"),
    "claim-award": pgettext_lazy("door", "Award relief"),
    "notice-publish-village": pgettext_lazy("door", "Publish the village notice"),
    "notice-publish-county": pgettext_lazy("door", "Publish the county notice"),
    "notice-withdraw": pgettext_lazy("door", "Withdraw a notice"),
    "objection-answer": pgettext_lazy("door", "Answer an objection"),
    "dispute-answer": pgettext_lazy("door", "Answer 「不是我」"),
    "grievance-answer": pgettext_lazy("door", "Answer a grievance"),
    "visit-draw": pgettext_lazy("door", "Draw the verifiers"),
    "visit-redraw": pgettext_lazy("door", "Draw another verifier"),
    "visit-record": pgettext_lazy("door", "Write down a visit"),
    "visit-sign": pgettext_lazy("door", "Sign a visit"),
    "dictionary-new": pgettext_lazy("door", "Propose an entry of the dictionary"),
    "dictionary-change": pgettext_lazy("door", "Propose a change of the dictionary"),
    "proposal-agree": pgettext_lazy("door", "Agree to a change of the dictionary"),
    "proposal-refuse": pgettext_lazy("door", "Refuse a change of the dictionary"),
    "recognition-list": pgettext_lazy("door", "Recognise a seller"),
    "recognition-end": pgettext_lazy("door", "End a recognition"),
    "listing-looked-at": pgettext_lazy("door", "Close a look at a lot"),
    "listing-stop": pgettext_lazy("door", "Stop a lot"),
    "listing-resume": pgettext_lazy("door", "Let a lot go on"),
    "listing-recall": pgettext_lazy("door", "Recall a lot"),
    "household-import": pgettext_lazy("door", "Enter households from a file"),
    "register-new": pgettext_lazy("door", "Propose a row of a register"),
    "register-edit": pgettext_lazy("door", "Propose a change of a register"),
    "register-rows": pgettext_lazy("door", "Propose rows of a register by a file"),
    "register-change-confirm": pgettext_lazy("door", "Confirm a change of a register"),
    "register-change-refuse": pgettext_lazy("door", "Refuse a change of a register"),
    "register-change-withdraw": pgettext_lazy("door", "Take back a change of a register"),
    "mandate-end": pgettext_lazy("door", "End a mandate"),
    "coop-member-end": pgettext_lazy("door", "End a membership in a co-operative"),
    "session-end": pgettext_lazy("door", "End one of somebody's sessions"),
    "sessions-end": pgettext_lazy("door", "End somebody's sessions"),
    "register-file-confirm": pgettext_lazy("door", "Confirm a file of households"),
    "register-file-refuse": pgettext_lazy("door", "Refuse a file of households"),
}
# Doors of programs that are called otherwise than the page that does the same.
_SAME = {
    "api-order-list": "order-new",
    "api-kept-plan-order": "order-plan",
    "api-claims": "claim-new",
    "api-claim-reports": "claim-new",
    "api-sold-low-report": "claim-new-sold-low",
    "api-batch-list": "batch-new",
    "api-bank-statement-list": "bank-statement-load",
    "api-run-list": "run-new",
    "api-purchase-plan-list": "purchase-plan-new",
    "api-signed-list": "signed-list-open",
    "api-union-list-list": "union-list-new",
    "api-delivery-weigh": "delivery-accept",
    "api-delivery-show": "delivery-accept",
    "api-hand-over-show": "hand-over",
    "delivery-weighed": "delivery-accept",
    "door-photo": "delivery-accept",
    "visit-written": "visit-record",
    "visit-signed": "visit-sign",
    "api-visit-contest": "visit-sign",
    "visit-photo": "visit-record",
    "report-written": "claim-new",
    "crop-report-written": "claim-new-crop",
    "report-photo": "claim-new",
    "crop-report-photo": "claim-new-crop",
    "api-return-case-propose": "return-case",
    "api-contradiction-propose": "contradiction",
    "api-register-propose": "register-new",
}
_WALLS: dict[str, StrOrPromise] = {
    NOT_ALLOWED: gettext_lazy("This person may not do this."),
    NOT_THERE: gettext_lazy("For this person there is no such document."),
    MANY: gettext_lazy("More tries in one minute than are listed one by one."),
}


def door_of(name: str) -> str | None:
    """Return the door of money or of a decision behind an address, of a page or a program; None for any other."""
    door = _SAME.get(name, name.removeprefix("api-"))
    return door if door in DOORS else None


@dataclass(frozen=True, slots=True)
class TryRow:
    """One refused try in the list."""

    when: str
    who: str
    of_person_url: str
    door: StrOrPromise
    document: Link
    why: StrOrPromise
    code: str
    times: int


def try_row(row: RefusedTry) -> TryRow:
    """Return one refused try in words."""
    return TryRow(
        when=spoken_time(row.at),
        who=person_of(row),
        of_person_url=f"{reverse('refused-tries')}?person={row.by_id}",
        door=DOORS.get(row.door, row.door),
        document=document_link(row.document),
        why=why(row.code),
        code=row.code,
        times=row.times,
    )


def person_of(row: RefusedTry) -> str:
    """Return the name of whoever tried: of staff in full, of a household's people masked."""
    return seen_name(row) or _("An account of no registered person")


def why(code: str) -> StrOrPromise:
    """Return the sentence behind the code of a refusal, as the rule says it of everybody."""
    return _WALLS.get(code) or _sentences().get(code) or DomainError.message


def _sentences() -> dict[str, StrOrPromise]:
    return {rule.code: rule.message for rule in _rules(DomainError)}


def _rules(rule: type[DomainError]) -> Iterator[type[DomainError]]:
    yield rule
    for narrower in rule.__subclasses__():
        yield from _rules(narrower)
