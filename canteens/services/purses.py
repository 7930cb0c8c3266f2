"""Register a canteen, open a buyer's purse, and put money into it or take it out, by two people."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.services.two_hands import decide, words_for_the_first
from canteens.models import (
    LONGEST_NAME,
    NO_LAST_HOUR,
    BudgetChange,
    BudgetStatus,
    Canteen,
    Fund,
    FundKind,
    purse_label,
)
from canteens.selectors import figures
from kernel.errors import BadValue, DomainError
from kernel.money import yuan
from kernel.present import known
from kernel.typed import fold_typed
from ledger.services import transfers
from records.services.participation import take_part

PROPOSES, DECIDES = "propose", "decide"
LONGEST_PAPER = 80


@transaction.atomic
def register_canteen(
    organisation: Organisation,
    *,
    mode: str,
    heads: int,
    union_members: int,
    address: str,
    is_budget_unit: bool = False,
    last_hour: int = NO_LAST_HOUR,
) -> Canteen:
    """Write down how a buyer eats and where goods are brought; a second time corrects the first."""
    if organisation.kind != Organisation.Kind.BUYER:
        raise BadValue(_("Only buyers have a canteen. Register the organisation as a buyer first."))
    address = address.strip()
    if not address:
        raise BadValue(_("Write where the goods are to be brought."))
    canteen, _created = Canteen.objects.update_or_create(
        organisation=organisation,
        defaults={
            "mode": Canteen.Mode(mode),
            "heads": heads,
            "union_members": union_members,
            "address": address,
            "is_budget_unit": is_budget_unit,
            "last_hour": last_hour,
        },
    )
    return canteen


@transaction.atomic
def open_fund(
    organisation: Organisation,
    kind: str,
    fiscal_year: int,
    *,
    name: str = "",
    on_credit: bool = False,
    donor_document: str = "",
    at: dt.datetime,
) -> Fund:
    """Return the one purse of this buyer, kind, year and name, opened empty on first use."""
    if organisation.kind != Organisation.Kind.BUYER:
        raise BadValue(_("Only buyers have funds. Register the organisation as a buyer first."))
    kind, name = FundKind(kind), purse_name(name, kind)
    require_own_money(kind, on_credit=on_credit)
    require_canteen(organisation, kind)
    donor_document = paper_of_donor(donor_document, kind)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # one after the other: they are counted
    there = Fund.objects.filter(organisation=organisation, kind=kind, fiscal_year=fiscal_year)
    fund = there.filter(name=name).first()
    if fund is not None:
        return fund
    count = there.count()  # names change, the codes of accounts never do
    code = f"{organisation.pk}:{kind.value}:{fiscal_year}" + (f":{count + 1}" if count else "")
    return Fund.objects.create(
        organisation=organisation,
        kind=kind,
        fiscal_year=fiscal_year,
        name=name,
        account=transfers.open_account(f"fund:{code}", "fund", guarded=True),
        source_account=transfers.open_account(f"fund-source:{code}", "source", guarded=False),
        bank_account=transfers.open_account(f"fund-bank:{code}", "bank", guarded=False),
        credit_account=transfers.open_account(f"fund-credit:{code}", "source", guarded=False) if on_credit else None,
        donor_document=donor_document,
    )


def paper_of_donor(typed: str, kind: str) -> str:
    """Return by which paper the donor gave a purse's money; refuse a donation without one, and other money with one."""
    document = fold_typed(typed)[:LONGEST_PAPER]
    if kind == FundKind.DONATION and not document:
        raise BadValue(_("Write by which paper the donor gave this money, for example the agreement and its number."))
    if kind != FundKind.DONATION and document:
        raise BadValue(_("Only a donation names the paper of its donor. Leave this out."))
    return document


def require_canteen(organisation: Organisation, kind: str) -> None:
    """Refuse food money of a canteen to a buyer of which is written that it has none."""
    if kind == FundKind.CANTEEN and Canteen.objects.filter(organisation=organisation, mode=Canteen.Mode.NONE).exists():
        raise BadValue(
            _("%(name)s has no canteen: only its union buys. Change in the register of canteens how its people eat.")
            % {"name": organisation.name}
        )


def require_own_money(kind: str, *, on_credit: bool) -> None:
    """Refuse a credit limit of public money: it is spent from a budget that is there."""
    if on_credit and kind != FundKind.OWN:
        raise BadValue(_("Only own money may be on a credit limit. Other purses spend what was put into them."))


def purse_name(typed: str, kind: str) -> str:
    """Return the name of a purse in the one way it is written: half-width, without blanks; empty for the plain purse.

    Refuses a name of blanks alone, one that is too long, and any name for a union's purse.
    """
    name = fold_typed(typed).replace(" ", "")
    if typed and not name:
        raise BadValue(_("This name is made of blanks. Write what the purse is called, or leave it empty."))
    if len(name) > LONGEST_NAME:
        raise BadValue(_("Write at most %(n)s signs for the name of a purse.") % {"n": LONGEST_NAME})
    if name and kind == FundKind.UNION:
        raise BadValue(_("A union has one purse a year, without a name: its ceilings are counted on it."))
    return name


@transaction.atomic
def rename_fund(fund: Fund, typed: str) -> None:
    """Give a purse another name, in every year in which it was opened."""
    name = require_other_name(fund, typed)
    Fund.objects.filter(organisation=fund.organisation_id, kind=fund.kind, name=fund.name).update(name=name)


def require_other_name(fund: Fund, typed: str) -> str:
    """Return the name a purse would have; refuse none at all, and one that another purse of its kind has."""
    name = purse_name(typed, fund.kind)
    if not name:
        raise BadValue(_("Write what the purse is called from now on."))
    others = Fund.objects.filter(organisation=fund.organisation_id, kind=fund.kind).exclude(name=fund.name)
    if others.filter(name=name).exists():
        raise BadValue(
            _("This buyer already has the purse %(purse)s. Names that differ in blanks or width alone are one name.")
            % {"purse": purse_label(fund.kind, name)}
        )
    return name


class BudgetNotFree(DomainError):
    code = "budget_not_free"

    def __init__(self, free_fen: int) -> None:
        super().__init__(
            _("Only %(free)s yuan of this fund are neither held by orders nor spent. Take out that much at most.")
            % {"free": yuan(free_fen)}
        )


class CreditNotUsed(DomainError):
    code = "credit_not_used"

    def __init__(self, used_fen: int) -> None:
        super().__init__(
            _("Only %(used)s yuan of this credit limit are used. Give back that much at most.")
            % {"used": yuan(used_fen)}
        )


@transaction.atomic
def propose_budget(
    fund: Fund, amount_fen: int, document_number: str, *, gives_back: bool = False, by: User, at: dt.datetime
) -> BudgetChange:
    """Propose to put money into a purse, or with a minus to take it out, on the strength of a document.

    Of a purse on a credit limit, `gives_back` says that so much was paid: the limit stays, and is free again by it.
    A second person confirms it.
    """
    document_number = document_number.strip()
    if not document_number:
        raise BadValue(_("Write the number of the document that allows this budget."))
    if amount_fen == 0:
        raise BadValue(_("Write an amount greater than zero."))
    if gives_back and (not fund.on_credit or amount_fen < 0):
        raise BadValue(
            _("This purse has no credit limit, so that nothing is given back to it. Change its budget instead.")
        )
    fund.account.refresh_from_db()
    if gives_back and amount_fen > used_of_credit_fen(fund):
        raise CreditNotUsed(used_of_credit_fen(fund))
    if -amount_fen > fund.account.available_fen():
        raise BudgetNotFree(fund.account.available_fen())
    change = BudgetChange(
        fund=fund, amount_fen=amount_fen, gives_back=gives_back, document_number=document_number[:80], by=by, at=at
    )
    change.begin(by=by, at=at)
    take_part(change.reference, PROPOSES, by=by, at=at)
    return change


@transaction.atomic
def confirm_budget(change: BudgetChange, *, by: User, at: dt.datetime) -> BudgetChange:
    """Confirm, as the second person, that the document says so: from now on the budget is that much more, or less."""
    change = decide(change, BudgetStatus.CONFIRMED, DECIDES, by=by, at=at)
    fund = change.fund
    if change.gives_back:
        _give_back(change, at)
        return change
    accounts = fund.source_account_id, fund.account_id
    from_id, to_id = accounts if change.amount_fen > 0 else accounts[::-1]
    try:
        transfers.transfer(
            reference=change.reference, debit_id=from_id, credit_id=to_id, amount_fen=abs(change.amount_fen), at=at
        )
    except transfers.NotEnoughMoney as refusal:
        raise BudgetNotFree(refusal.left_fen) from None
    return change


def used_of_credit_fen(fund: Fund) -> int:
    """Return what is used of a purse, less what came back: what may be given back to its credit limit."""
    return figures(Fund.objects.select_related("account", "source_account").get(pk=fund.pk)).spent_fen


def _give_back(change: BudgetChange, at: dt.datetime) -> None:
    fund = change.fund
    transfers.lock_accounts((fund.account_id, known(fund.credit_account_id)))
    used_fen = used_of_credit_fen(fund)
    if change.amount_fen > used_fen:
        raise CreditNotUsed(used_fen)
    transfers.give_back(
        reference=change.reference,
        debit_id=known(fund.credit_account_id),
        credit_id=fund.account_id,
        amount_fen=change.amount_fen,
        at=at,
    )


@transaction.atomic
def refuse_budget(change: BudgetChange, *, why: str, by: User, at: dt.datetime) -> BudgetChange:
    """Refuse, as the second person, what the document does not say; the purse stays as it is."""
    why = words_for_the_first(why)
    return decide(change, BudgetStatus.REFUSED, DECIDES, by=by, at=at, note=why[:200])
