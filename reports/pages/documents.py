"""Documents in words: what a reference names, and the page of it that the auditor reads."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import pgettext_lazy

from kernel.present import StrOrPromise
from kernel.shown import Link

LONG_KEY, SHOWN_OF_A_KEY = 36, 8  # a key nobody could say over the telephone

DOCUMENTS: dict[str, StrOrPromise] = {
    "allocation": pgettext_lazy("document", "Part of an order"),
    "batch": pgettext_lazy("document", "Payout batch"),
    "budget": pgettext_lazy("document", "Budget change"),
    "case": pgettext_lazy("document", "Returned money"),
    "change": pgettext_lazy("document", "Change of the dictionary"),
    "call": pgettext_lazy("document", "Call to a household"),
    "reinspection": pgettext_lazy("document", "Re-inspection of an award"),
    "claim": pgettext_lazy("document", "Loss report"),
    "contradiction": pgettext_lazy("document", "Contradiction of the bank"),
    "dispute": pgettext_lazy("document", "「不是我」"),
    "duplicate": pgettext_lazy("document", "Households that may be one"),
    "frozen": pgettext_lazy("document", "Frozen batch"),
    "fund": pgettext_lazy("document", "Fund"),
    "coop_member": pgettext_lazy("document", "Membership in a co-operative"),
    "grievance": pgettext_lazy("document", "Grievance"),
    "handover": pgettext_lazy("document", "Hand-over at the pick-up"),
    "handover-answer": pgettext_lazy("document", "Answer to a hand-over"),
    "listing": pgettext_lazy("document", "Lot"),
    "reliefrecovery": pgettext_lazy("document", "Relief claimed back"),
    "recoveryreceipt": pgettext_lazy("document", "Relief that came back or is waived"),
    "appeal": pgettext_lazy("document", "Appeal"),
    "lossnotice": pgettext_lazy("document", "Notice of loss"),
    "mandate": pgettext_lazy("document", "Mandate to sell"),
    "objection": pgettext_lazy("document", "Objection"),
    "order": pgettext_lazy("document", "Order"),
    "person": pgettext_lazy("document", "Person"),
    "place": pgettext_lazy("document", "Place"),
    "register_change": pgettext_lazy("document", "Change of a register"),
    "receipt": pgettext_lazy("document", "Goods receipt"),
    "recognition": pgettext_lazy("document", "Recognition"),
    "restore": pgettext_lazy("document", "Restore"),
    "scheme": pgettext_lazy("document", "Relief scheme"),
    "statement": pgettext_lazy("document", "Statement"),
    "invoice": pgettext_lazy("document", "Invoice"),
    "kept-plan": pgettext_lazy("document", "Kept plan"),
    "massreading": pgettext_lazy("document", "Mass reading"),
    "notice": pgettext_lazy("document", "Public notice"),
    "opening": pgettext_lazy("document", "Opening of the county"),
    "paper": pgettext_lazy("document", "Paper"),
    "payment": pgettext_lazy("document", "Payment"),
    "produce-change": pgettext_lazy("document", "Change of the dictionary"),
    "purchase-plan": pgettext_lazy("document", "Purchase plan"),
    "registerchange": pgettext_lazy("document", "Change of a register"),
    "signed-list": pgettext_lazy("document", "Signed list of a union's plan"),
    "union-list": pgettext_lazy("document", "List of a union's members"),
    "registerfile": pgettext_lazy("document", "File of households"),
    "complaint": pgettext_lazy("document", "Complaint"),
    "return": pgettext_lazy("document", "Goods sent back"),
    "recovery-end": pgettext_lazy("document", "End of a claim from a seller"),
    "heir": pgettext_lazy("document", "Money of somebody who died"),
    "returned": pgettext_lazy("document", "Returned money"),
    "session": pgettext_lazy("document", "Session"),
    "user": pgettext_lazy("document", "Account"),
}
_OPENED_BY = {
    "order": "order-detail",
    "claim": "claim-detail",
    "lossnotice": "loss-notice",
    "appeal": "appeal",
    "reliefrecovery": "relief-recovery",
    "batch": "batch-detail",
    "fund": "fund-detail",
    "purchase-plan": "purchase-plan-detail",
    "registerchange": "register-change",
    "grievance": "grievance-detail",
}


def document_link(document: str) -> Link:
    """Return a document by its name, with its page where it has one that the auditor reads."""
    kind, _colon, key = document.partition(":")
    try:
        url = reverse(_OPENED_BY[kind], args=[key]) if kind in _OPENED_BY else ""
    except NoReverseMatch:  # a name that somebody typed, and that is none
        url = ""
    shown = key[:SHOWN_OF_A_KEY] if len(key) == LONG_KEY else key
    return Link(url, f"{DOCUMENTS.get(kind, kind)} {shown}".strip())
