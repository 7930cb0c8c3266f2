"""What finance has in hand, each by its name: the next batch, a batch to check, an answer to load, money to mend."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Role, User
from accounts.selectors import standing
from kernel.clock import county_day
from kernel.dates import spoken_day
from kernel.masking import mask_name
from kernel.piles import pile_of, whole_pile
from kernel.present import known
from kernel.shown import Case, Pile, Tag
from ledger.models import BatchStatus, CaseStatus, PayoutBatch, ReturnCase
from ledger.selectors import (
    FINANCE,
    PAYING,
    UNMENDED,
    batches_seen_by,
    cases_seen_by,
    open_contradictions,
    open_restores,
    payers_of,
    ready_of,
)


def awards_to_batch(user: User, *, own: bool) -> Pile:
    """Return the awards that wait for the next batch, one case an office; not `own`: they wait for whoever makes it."""
    cases = []
    for payer in payers_of(user):
        ready = ready_of(payer, user)
        if ready.count:
            cases.append(
                Case(
                    title=_("Put %(households)s into a batch") % {"households": _households(ready.count)},
                    facts=[payer.name],
                    url=reverse("batch-new") if own else reverse("batch-list"),
                    act=pgettext("case", "Make the batch") if own else "",
                    amount_fen=ready.total_fen,
                    waits="" if own else _("Waits for whoever makes batches"),
                )
            )
    return whole_pile(cases, url=reverse("batch-list"))


def batches(user: User, at: dt.datetime, *, checks: bool) -> tuple[Pile, Pile]:
    """Return the batches this person checks, sends, or loads the bank's answer for, and those that wait for others."""
    rows = batches_seen_by(user).filter(status__in=[BatchStatus.PREPARED, BatchStatus.SENT]).order_by("prepared_at")
    finance = standing(user).has(*FINANCE)
    own: list[Case] = []
    elsewhere: list[Case] = []
    for batch in rows:
        loads = finance and batch.status == BatchStatus.SENT
        turn = batch.maker.person_id != user.person_id and (checks or loads)
        (own if turn else elsewhere).append(_batch(batch, at, turn=turn))
    url = reverse("batch-list")
    return whole_pile(own, url=url), whole_pile(elsewhere, url=url)


def problems(user: User, at: dt.datetime) -> tuple[Pile, Pile]:
    """Return money that came back and waits for this person's hand, and what waits for another's."""
    url = reverse("problem-list")
    returned = cases_seen_by(user).filter(status__in=UNMENDED).order_by("opened_at", "pk")
    proposed_by_me = returned.filter(status=CaseStatus.PROPOSED, proposed_by__person=user.person_id)
    own = returned.filter(payable__payer__in=standing(user).organisations(*PAYING))
    mine = own.exclude(pk__in=proposed_by_me.order_by().values("pk"))
    theirs = returned.exclude(pk__in=mine.order_by().values("pk"))
    amount = "payable__amount_fen"
    return (
        pile_of(mine, lambda case: _returned(case, at, act=True), amount=amount, url=url),
        pile_of(theirs, lambda case: _returned(case, at, act=False), amount=amount, url=url),
    )


def contradictions(user: User) -> Pile:
    """Return the answers of the bank that contradict an earlier one; to finance and auditor, restores not closed."""
    who = standing(user)
    own, act = who.organisations(*PAYING), pgettext("case", "Compare with the bank")
    cases = [
        Case(
            title=_("The bank contradicts itself about %(name)s") % {"name": mask_name(row.payment.payable.payee_name)},
            facts=[row.payment.line_reference],
            url=reverse("contradiction", args=[row.pk]),
            act=act if row.payment.payable.payer_id in own else "",
            amount_fen=row.payment.payable.amount_fen,
            waits="" if row.payment.payable.payer_id in own else _("Waits for whoever pays it"),
        )
        for row in open_contradictions(user)
    ]
    finance = who.has(*FINANCE)
    cases += [
        Case(
            title=_("A backup was restored: compare with the bank what had left"),
            facts=[],
            url=reverse("restore", args=[row.pk]),
            act=act if finance else "",
            due=Tag("danger", _("nothing leaves until then")),
            waits="" if finance else _("Waits for finance"),
        )
        for row in (open_restores() if finance or who.has(Role.AUDITOR) else ())
    ]
    return whole_pile(cases, url=reverse("problem-list"))


def _batch(batch: PayoutBatch, at: dt.datetime, *, turn: bool) -> Case:
    prepared = batch.status == BatchStatus.PREPARED
    made_on = spoken_day(county_day(batch.prepared_at), county_day(at))
    made = _("made by %(name)s %(day)s") % {"name": known(batch.maker.person).name, "day": made_on}
    number = {"number": batch.number}
    waits = _("Waits for a colleague who checks and sends it") if prepared else _("Waits for the bank's answer")
    act = pgettext("case", "Check and send") if prepared else pgettext("case", "Load the bank's answer")
    return Case(
        title=_("Check batch %(number)s") % number if prepared else _("Bank's answer to batch %(number)s") % number,
        facts=[_households(batch.lines), made],
        url=reverse("batch-detail" if prepared else "batch-return", args=[batch.pk])
        if turn
        else reverse("batch-detail", args=[batch.pk]),
        act=act if turn else "",
        amount_fen=batch.total_fen,
        waits="" if turn else waits,
    )


def _returned(case: ReturnCase, at: dt.datetime, *, act: bool) -> Case:
    proposed = case.status == CaseStatus.PROPOSED
    words = pgettext("case", "Confirm the card") if proposed else pgettext("case", "Mend the card")
    came_on = spoken_day(county_day(case.opened_at), county_day(at))
    return Case(
        title=_("Money of %(name)s came back") % {"name": mask_name(case.payable.payee_name)},
        facts=[case.reason, came_on],
        url=reverse("return-case", args=[case.pk]),
        act=words if act else "",
        amount_fen=case.payable.amount_fen,
        waits="" if act else _("Waits for the second person") if proposed else _waits_for(case),
    )


def _waits_for(case: ReturnCase) -> str:
    return _("Waits for %(office)s") % {"office": case.payable.payer.name}


def _households(count: int) -> str:
    return ngettext("%(n)s household", "%(n)s households", count) % {"n": count}
