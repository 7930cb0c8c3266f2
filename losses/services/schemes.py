"""Relief schemes: draft the rules, put money behind them, publish them; published rules stay as they are."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Tier, User
from kernel import clock
from kernel.errors import BadValue, DomainError
from kernel.money import yuan
from kernel.workflow import change, lock
from ledger.services.transfers import NotEnoughMoney, open_account, transfer
from losses.models import (
    BroughtBy,
    PaperForm,
    PaperKind,
    ReliefScheme,
    SchemeMoney,
    SchemePaper,
    SchemeRate,
    SchemeStatus,
    Sharing,
)
from produce.models import Produce, StockUnit
from records.selectors.policy import policy

CLOCKS = ("village_check_hours", "township_check_hours", "visit_hours", "review_days")
OWN = (*CLOCKS, "no_visit_below_fen", "no_visit_listed_days", "verifier_offices")


class SchemeIsPublished(DomainError):
    code = "scheme_is_published"
    message = _("These rules are published and stay as they are. Draft a new scheme for what should change.")


class SourceIsDraft(DomainError):
    code = "source_is_draft"
    message = _("This scheme is a draft still. Mend it, or copy one that was published.")


class NotReadyToPublish(DomainError):
    code = "scheme_not_ready"
    message = _("A scheme needs at least one rate and money before it can be published.")


class PaperUsed(DomainError):
    code = "paper_used"
    message = _("This paper has moved money of this scheme already. Write the number of another one.")


class SchemeMoneyNotFree(DomainError):
    code = "scheme_money_not_free"

    def __init__(self, free_fen: int) -> None:
        super().__init__(
            gettext("Only %(free)s yuan of this scheme are neither held nor awarded. Take that much at most.")
            % {"free": yuan(free_fen)}
        )


class NotPublished(DomainError):
    code = "scheme_not_published"
    message = _("This scheme takes no reports at this time.")


@transaction.atomic
def draft_scheme(
    *,
    code: str,
    name: str,
    legal_basis: str,
    window_from: dt.date,
    window_to: dt.date,
    tiers: list[str],
    household_cap_fen: int,
    min_loss_g: int,
    village_days: int,
    county_days: int,
    sample_percent: int = 100,
    sharing: str = Sharing.FIRST,
    most_claims: int | None = None,
    waiting_days: int = 0,
    pay_days: int | None = None,
    check_photos: bool = False,
    payer: Organisation,
    own: Mapping[str, int | list[int] | None] | None = None,
    townships: Sequence[str] = (),
    by: User,
    at: dt.datetime,
) -> ReliefScheme:
    """Draft the rules of a scheme and open its guarded account; nobody can claim under a draft.

    Without `pay_days` its awards are paid within what the county's policy says on this day. `own` are its clocks,
    what needs no visit and who visits, by column (OWN); what it leaves out is as the county has it.
    """
    if not tiers or not set(tiers) <= set(Tier.values):
        raise BadValue(_("Say which households may apply."))
    return ReliefScheme(
        code=code,
        name=name,
        legal_basis=legal_basis,
        window_from=window_from,
        window_to=window_to,
        tiers=[str(tier) for tier in tiers],
        townships=list(townships),
        household_cap_fen=household_cap_fen,
        min_loss_g=min_loss_g,
        village_days=village_days,
        county_days=county_days,
        sample_percent=sample_percent,
        sharing=sharing,
        most_claims=most_claims,
        waiting_days=waiting_days,
        pay_days=pay_days or usual_pay_days(at),
        check_photos=check_photos,
        payer=payer,
        **(own or {}),
        account=open_account(f"scheme:{code}", "fund", guarded=True),
        source_account=open_account(f"scheme:{code}:source", "source", guarded=False),
        bank_account=open_account(f"scheme:{code}:bank", "bank", guarded=False),
    ).begin(by=by, at=at)


@transaction.atomic
def mend_scheme(scheme: ReliefScheme, terms: Mapping[str, object], *, by: User, at: dt.datetime) -> ReliefScheme:
    """Let a draft say its terms anew; its code, its accounts and what is on them stay."""
    _draft(scheme)
    return change(scheme, terms)


@transaction.atomic
def copy_rules(source: ReliefScheme, draft: ReliefScheme, *, by: User, at: dt.datetime) -> None:
    """Give a draft the rates and papers of a scheme that was published; money is nothing that is copied."""
    _draft(draft)
    if source.status == SchemeStatus.DRAFT:
        raise SourceIsDraft
    rates, papers = list(source.rates.order_by("pk")), list(source.papers.order_by("pk"))
    for rate in rates:
        rate.pk, rate.scheme = None, draft
    for paper in papers:
        paper.pk, paper.scheme = None, draft
    SchemeRate.objects.bulk_create(rates)
    SchemePaper.objects.bulk_create(papers)


def usual_pay_days(at: dt.datetime) -> int:
    """Return within how many days after the award relief is paid where a scheme does not say."""
    return policy("relief_pay_days", clock.county_day(at))


@transaction.atomic
def add_rate(
    scheme: ReliefScheme,
    *,
    produce: Produce,
    category: str = SchemeRate.Category.SPOILED,
    rate_fen: int = 0,
    rate_unit_g: int = 1000,
    basis: str = SchemeRate.Basis.KG,
    permille: int = 0,
    by: User,
    at: dt.datetime,
) -> SchemeRate:
    """Return what a weight, a mu, a head or the value of one produce is relieved with."""
    _draft(scheme)
    require_fitting(produce, category, basis)
    return SchemeRate.objects.create(
        scheme=scheme,
        produce=produce,
        category=category,
        basis=basis,
        rate_fen=rate_fen,
        rate_unit_g=rate_unit_g,
        permille=permille,
    )


@transaction.atomic
def ask_for_paper(
    scheme: ReliefScheme,
    *,
    kind: str,
    brought_by: str = BroughtBy.HOUSEHOLD,
    form: str = PaperForm.PHOTO,
    from_fen: int = 0,
    by: User,
    at: dt.datetime,
) -> SchemePaper:
    """Let a draft ask for a paper, always or from an amount on."""
    _draft(scheme)
    require_unasked(scheme, kind)
    return SchemePaper.objects.create(scheme=scheme, kind=kind, brought_by=brought_by, form=form, from_fen=from_fen)


@transaction.atomic
def strike(part: SchemeRate | SchemePaper, *, by: User, at: dt.datetime) -> None:
    """Strike a rate or a paper out of a draft; what is published stays."""
    _draft(part.scheme)
    change(part, {"struck_on": clock.county_day(at)})


def require_unasked(scheme: ReliefScheme, kind: str) -> None:
    """Refuse a paper that the scheme asks for already."""
    if kind not in PaperKind.values:
        raise BadValue(_("Choose which paper is asked for."))
    if scheme.papers.filter(kind=kind).exists():
        raise BadValue(_("This scheme asks for this paper already."))


def require_fitting(produce: Produce, category: str, basis: str) -> None:
    """Refuse a basis that says nothing of such a loss: land of goods in a store, heads of what is weighed."""
    in_field = category == SchemeRate.Category.UNHARVESTED
    if basis == SchemeRate.Basis.MU and not in_field:
        raise BadValue(_("Only crops that were never harvested are counted by mu."))
    if basis == SchemeRate.Basis.HEAD and (in_field or produce.stock_unit != StockUnit.PIECE):
        raise BadValue(_("Only goods that are sold by the head are counted by the head."))


@transaction.atomic
def add_money(
    scheme: ReliefScheme, *, amount_fen: int, document: str, again: int = 0, by: User, at: dt.datetime
) -> ReliefScheme:
    """Put money on the scheme's account; one paper puts its money in once, and `again` where that was struck out."""
    scheme = lock(scheme)
    document = document.strip()
    if not document:
        raise BadValue(_("Write the number of the paper that gives the money."))
    if len(document) > 60:
        raise BadValue(_("The number of the paper has at most 60 characters."))
    if amount_fen < 1:
        raise BadValue(_("Write an amount greater than zero."))
    if scheme.status == SchemeStatus.CLOSED:
        raise NotPublished
    transfer(
        reference=f"scheme:{scheme.pk}:budget{again or ''}:{document}",
        debit_id=scheme.source_account_id,
        credit_id=scheme.account_id,
        amount_fen=amount_fen,
        at=at,
    )
    return scheme


@transaction.atomic
def book_money(
    scheme: ReliefScheme, amount_fen: int, *, document: str, by: User, confirmed_by: User, at: dt.datetime
) -> SchemeMoney:
    """Put money behind a scheme, or with a minus take it out, as two people of finance decided on one paper."""
    if SchemeMoney.objects.filter(scheme=scheme, document=document[:60]).exists():
        raise PaperUsed
    again = SchemeMoney._base_manager.filter(scheme=scheme, document=document[:60]).count()
    if amount_fen > 0:
        add_money(scheme, amount_fen=amount_fen, document=document[:60], again=again, by=by, at=at)
    else:
        _take_money(lock(scheme), -amount_fen, document=document[:60], again=again, at=at)
    booked = SchemeMoney(
        scheme=scheme, amount_fen=amount_fen, document=document[:60], by=by, confirmed_by=confirmed_by, at=at
    )
    booked.save(force_insert=True)
    return booked


@transaction.atomic
def strike_money(row: SchemeMoney, *, by: User, at: dt.datetime) -> None:
    """Strike a sum out of a draft: what it moved moves back, and its paper may count anew."""
    scheme = lock(row.scheme)
    _draft(scheme)
    source, account = scheme.source_account_id, scheme.account_id
    debit_id, credit_id = (account, source) if row.amount_fen > 0 else (source, account)
    try:
        transfer(
            reference=f"scheme:{scheme.pk}:struck:{row.pk}",
            debit_id=debit_id,
            credit_id=credit_id,
            amount_fen=abs(row.amount_fen),
            at=at,
        )
    except NotEnoughMoney as refusal:
        raise SchemeMoneyNotFree(refusal.left_fen) from None
    change(row, {"struck_on": clock.county_day(at)})


def _take_money(scheme: ReliefScheme, amount_fen: int, *, document: str, again: int, at: dt.datetime) -> None:
    try:
        transfer(
            reference=f"scheme:{scheme.pk}:taken{again or ''}:{document}",
            debit_id=scheme.account_id,
            credit_id=scheme.source_account_id,
            amount_fen=amount_fen,
            at=at,
        )
    except NotEnoughMoney as refusal:
        raise SchemeMoneyNotFree(refusal.left_fen) from None


@transaction.atomic
def publish_scheme(scheme: ReliefScheme, *, by: User, at: dt.datetime) -> ReliefScheme:
    """Publish the rules; from now on they are frozen and households may claim."""
    scheme = lock(scheme)
    if not scheme.rates.exists() or scheme.account.available_fen() < 1:
        raise NotReadyToPublish
    return scheme.move_to(SchemeStatus.PUBLISHED, by=by, at=at)


@transaction.atomic
def close_scheme(scheme: ReliefScheme, *, by: User, at: dt.datetime) -> ReliefScheme:
    """Take no further claims; what was claimed is decided under these rules."""
    return lock(scheme).move_to(SchemeStatus.CLOSED, by=by, at=at)


def _draft(scheme: ReliefScheme) -> None:
    if lock(scheme).status != SchemeStatus.DRAFT:
        raise SchemeIsPublished
