"""What is owed: written by statements and awards with the payee frozen, never typed and never imported."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import BankCard, Household, Organisation
from accounts.selectors import card_in_force
from kernel.errors import DomainError
from kernel.present import known
from ledger.models import Account, Payable
from ledger.services.transfers import open_account


class NoBankCard(DomainError):
    code = "no_bank_card"
    message = _("This payee has no bank card on record. Ask the village cadre to register one first.")


def payee_account(
    *,
    household: Household | None = None,
    cooperative: Organisation | None = None,
    carrier: Organisation | None = None,
) -> Account:
    """Return the account on which what we owe this payee stands: of one that also hauls, its carting apart."""
    if carrier is not None:
        return open_account(f"payee:carrier:{carrier.pk}", Account.Kind.PAYABLE, guarded=False)
    owner = f"household:{household.pk}" if household is not None else f"organisation:{known(cooperative).pk}"
    return open_account(f"payee:{owner}", Account.Kind.PAYABLE, guarded=False)


def payee_accounts(households: Iterable[Household]) -> dict[uuid.UUID, Account]:
    """Return the accounts on which what we owe these households stands, by household; those missing are opened."""
    codes = {f"payee:household:{household.pk}": household.pk for household in households}
    missing = set(codes) - set(Account.objects.filter(code__in=codes).values_list("code", flat=True))
    rows = [Account(code=code, kind=Account.Kind.PAYABLE, guarded=False) for code in sorted(missing)]
    Account.objects.bulk_create(rows, ignore_conflicts=True)
    return {codes[account.code]: account for account in Account.objects.filter(code__in=codes)}


def live_card(
    *, household: Household | None = None, organisation: Organisation | None = None, at: dt.datetime
) -> BankCard:
    """Return the card this payee is paid on at this instant; refuse in words when there is none."""
    card = BankCard.objects.filter(card_in_force(at), household=household, organisation=organisation).first()
    if card is None:
        raise NoBankCard
    return card


@transaction.atomic
def write_payable(
    *,
    kind: str,
    document: str,
    household: Household | None = None,
    cooperative: Organisation | None = None,
    payer: Organisation,
    account: Account,
    bank_account: Account,
    amount_fen: int,
    due_on: dt.date,
    at: dt.datetime,
) -> Payable:
    """Freeze what is owed to whom on which card; one document writes one payable."""
    card = live_card(household=household, organisation=cooperative, at=at)
    payable = Payable(
        id=uuid.uuid4(),
        kind=kind,
        document=document,
        household=household,
        organisation=cooperative,
        payer=payer,
        account=account,
        bank_account=bank_account,
        amount_fen=amount_fen,
        card_index=card.index,
        bank=card.bank,
        due_on=due_on,
        at=at,
    )
    payable.payee_name, payable.card = card.holder, card.number
    payable.save(force_insert=True)
    return payable
