"""Appeals: a refused claim is looked at once more, by people who took no part in it, by a day that everybody knows.

What nobody decides in time goes to the head of the bureau, then ends undecided, which takes nothing from the household:
it may appeal again. An appeal that is right opens a new claim over what is still free, by the way of every claim.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, User
from accounts.services.messages import Word, tell_all
from accounts.services.people import record_consent
from catalog.models import PlotSeason
from catalog.selectors.seasons import newest_of
from kernel.dates import message_deadline
from kernel.errors import BadValue, DomainError
from kernel.present import StrOrPromise
from kernel.workflow import lock
from losses.models import WAITING_APPEALS, AppealStatus, Goods, LossAppeal, LossClaim, Stage
from losses.selectors.appeals import appeal_until
from losses.selectors.claims import claim_role, photos, present_round
from losses.selectors.interest import FILER, HOUSEHOLD
from losses.selectors.photos import APPEAL_ROLE
from losses.services.claiming import ConsentNeeded, is_member
from losses.services.deadlines import days_after
from losses.services.photo_ties import ask_for_looks
from losses.services.reporting import file_claim
from losses.services.telling import of_the_desk, tell
from losses.services.told import told_in
from records.models import StoredFile
from records.services import events
from records.services.files import attach
from records.services.participation import take_part

DECIDES = "appeal"
PHOTOS = APPEAL_ROLE
SHORTEST, MOST_LETTERS, MOST = 2, 500, 500


class NoAppeal(DomainError):
    code = "no_appeal"
    message = _("This refusal cannot be appealed any more. Call the bureau if it is still not right.")


class NothingFree(DomainError):
    code = "nothing_free"
    message = _("Nothing of these goods is free any more: they were sold or taken back. Dismiss it and say so.")


@transaction.atomic
def appeal(
    claim: LossClaim,
    *,
    words: str,
    photos: Sequence[StoredFile] = (),
    consent: str = "",
    by: User,
    at: dt.datetime,
) -> LossAppeal:
    """Take in what a household says against the refusal of its claim, once; who did not refuse it decides."""
    claim, words = lock(claim), words.strip()
    own = is_member(claim.household, by)
    if not own and not consent:
        raise ConsentNeeded
    until = appeal_until(claim)
    if until is None or at >= until:
        raise NoAppeal
    if len(words) < SHORTEST:
        raise BadValue(_("Write why the refusal is not right."))
    take_part(claim.reference, HOUSEHOLD if own else FILER, by=by, at=at)
    row = LossAppeal(
        claim=claim,
        words=words[:MOST_LETTERS],
        by=by,
        by_proxy=not own,
        at=at,
        decide_by_at=days_after("appeal_decide_days", at),
    )
    try:
        with transaction.atomic():
            row.begin(by=by, at=at)
    except IntegrityError as twice:
        if "appeal_once" not in str(twice):
            raise
        raise NoAppeal from None
    ask_for_looks(claim, [attach(claim.reference, photo, PHOTOS, by=by, at=at) for photo in photos])
    if not own:
        record_consent(claim.household, row.reference, consent, by=by, at=at)
    events.record("claim.appealed", claim.reference, by=by, at=at, appeal=row.pk)
    _tell(row, _SAID, _SAID_TO_HOUSEHOLD, at=at)
    return row


@transaction.atomic
def decide(row: LossAppeal, *, upheld: bool, words: str, by: User, at: dt.datetime) -> LossAppeal:
    """Decide an appeal as somebody without a hand in its claim: the refusal stands, or the loss is reported anew."""
    claim = lock(LossClaim.objects.get(pk=row.claim_id))
    row, words = lock(row), words.strip()
    if len(words) < SHORTEST:
        raise BadValue(_("Write the answer that the household will read, in plain words."))
    take_part(claim.reference, DECIDES, by=by, at=at)
    row.answer, row.decided_by, row.ended_at = words[:MOST_LETTERS], by, at
    row.anew = _report_anew(row, claim, at=at) if upheld else None
    if row.anew is not None:
        take_part(row.anew.reference, DECIDES, by=by, at=at)  # who let it be reported anew has no other hand in it
    status = AppealStatus.UPHELD if upheld else AppealStatus.DISMISSED
    row.move_to(status, by=by, at=at, note=words[:200], along=("answer", "decided_by", "ended_at", "anew"))
    number = row.anew.number if row.anew is not None else ""
    tell(claim, f"appeal_{status}", _UPHELD if upheld else _DISMISSED, at=at, answer=row.answer, anew=number)
    return row


@transaction.atomic
def withdraw(row: LossAppeal, *, by: User, at: dt.datetime) -> LossAppeal:
    """Take an appeal back before it is decided."""
    row = lock(row)
    row.ended_at = at
    row.move_to(AppealStatus.WITHDRAWN, by=by, at=at, along=("ended_at",))
    _tell(row, _WITHDRAWN, _WITHDRAWN_TO_HOUSEHOLD, at=at)
    return row


def move_on(*, at: dt.datetime) -> int:
    """Hand what nobody decided in time to the head, end what the head did not decide; return how many moved."""
    late = LossAppeal.objects.filter(status__in=WAITING_APPEALS, decide_by_at__lte=at).order_by("decide_by_at", "pk")
    return sum(_move_on(row, at=at) for row in late[:MOST])


@transaction.atomic
def _move_on(row: LossAppeal, *, at: dt.datetime) -> bool:
    row = lock(row)
    if row.status not in WAITING_APPEALS or row.decide_by_at > at:  # decided just now, or another sweep was first
        return False
    if row.status == AppealStatus.OPEN:
        row.escalated_at, row.decide_by_at = at, days_after("appeal_head_days", at)
        row.move_to(AppealStatus.ESCALATED, by=None, at=at, along=("escalated_at", "decide_by_at"))
        _tell(row, _ESCALATED, _ESCALATED_TO_HOUSEHOLD, at=at)
    else:
        row.ended_at = at
        row.move_to(AppealStatus.UNANSWERED, by=None, at=at, along=("ended_at",))
        _tell(row, _UNANSWERED, _UNANSWERED_TO_HOUSEHOLD, at=at)
    return True


def _report_anew(row: LossAppeal, claim: LossClaim, *, at: dt.datetime) -> LossClaim:
    """Report the loss of a refused claim anew, over what is still free, in the name of whoever appealed."""
    goods: Goods = claim.goods
    if isinstance(goods, PlotSeason):
        goods = newest_of(goods)
        free = goods.left_g()
    elif claim.sale is not None:
        free = min(claim.sale.quantity, goods.sold - goods.sold_low)
    else:
        free = goods.free()
    declared = claim.figures.filter(stage=Stage.DECLARED).order_by("-pk")[0].quantity
    if free < 1:
        raise NothingFree
    given = Consent.objects.filter(document=row.reference).first()
    roles = [PHOTOS, *(claim_role(number) for number in range(1, claim.round + 1))]
    return file_claim(
        scheme=claim.scheme,
        goods=goods,
        cause=claim.cause,
        quantity=min(declared, free),
        happened_on=claim.happened_on,
        words=row.words,
        photos=[hanging.file for hanging in photos(claim) if hanging.role in roles],
        by=row.by,
        at=at,
        consent=given.how if given is not None else "",
        takes_up=claim.report,
        sale=claim.sale,
        told=told_in(present_round(claim)),
    )


_SAID = _(
    "The refusal of report %(number)s (%(produce)s) is appealed. Somebody without a hand in it decides by %(until)s."
)
_SAID_TO_HOUSEHOLD = _(
    "Your appeal against the refusal of report %(number)s is taken. Somebody else decides by %(until)s."
)
_ESCALATED = _(
    "Nobody decided the appeal on report %(number)s in time. The head of the bureau now decides by %(until)s."
)
_ESCALATED_TO_HOUSEHOLD = _(
    "Nobody decided your appeal on report %(number)s in time. The head of the bureau now decides by %(until)s."
)
_UNANSWERED = _("The appeal on report %(number)s ended without a decision, the head's neither.")
_UNANSWERED_TO_HOUSEHOLD = _(
    "Nobody decided your appeal on report %(number)s in time, the head neither. You may appeal again."
)
_UPHELD = _("Your appeal on report %(number)s is right: the loss is reported anew as %(anew)s. %(answer)s")
_DISMISSED = _("Your appeal on report %(number)s was looked at; the refusal stands. %(answer)s")
_WITHDRAWN = _("The appeal on report %(number)s (%(produce)s) was taken back: nothing is left to decide.")
_WITHDRAWN_TO_HOUSEHOLD = _("Your appeal on report %(number)s is taken back.")


def _tell(row: LossAppeal, sentence: StrOrPromise, to_household: StrOrPromise, *, at: dt.datetime) -> None:
    """Tell the bureau, the head where it is their turn, and the household."""
    claim, until = row.claim, message_deadline(row.decide_by_at)
    values = {"number": claim.number, "produce": claim.goods.produce.name, "until": until}
    kind = f"appeal.{row.status}"
    users = of_the_desk(head=row.escalated_at is not None, at=at)
    tell_all([Word(sentence, values, None, kind, row.reference, user.phone) for user in users], at=at)
    tell(claim, f"appeal_{row.status}", to_household, at=at, until=until)
