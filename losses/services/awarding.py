"""The money: computed once and held before the county notice, awarded unchanged after it, by one who took no part."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.acts import require_undisputed
from accounts.services.households import lock_counted
from kernel import clock, money
from kernel.errors import DomainError
from kernel.present import known
from kernel.transactions import whole
from kernel.workflow import lock
from ledger.services.payables import payee_account, write_payable
from ledger.services.transfers import Hold, Resolution, hold, lock_accounts, resolve
from losses.models import Award, ClaimStatus, Computation, LossClaim, Sharing
from losses.relief import Relief, relief
from losses.selectors.claims import amount_fen_of, held_fen, latest_figure, quantity_words
from losses.selectors.elsewhere import elsewhere_left_fen
from losses.selectors.rates import at_rate
from losses.selectors.sales import gap_of_claim
from losses.services import holding
from losses.services.answering import AWARD
from losses.services.calling import require_called
from losses.services.deadlines import days_after
from losses.services.findings import DESK, require_clear, require_possible
from losses.services.reinspecting import write_score
from losses.services.telling import tell
from records.services import events
from records.services.notices import require_ended
from records.services.participation import take_part


class NothingToRelieve(DomainError):
    code = "nothing_to_relieve"
    message = _("The visit found less than the least loss these rules relieve. Refuse the report and say why.")


class RelievedElsewhere(DomainError):
    code = "relieved_elsewhere"
    message = _("The household got at least as much elsewhere for this loss. Refuse the report and say so.")


class CapReached(DomainError):
    code = "cap_reached"
    message = _("This household has had or has on hold the most these rules give. Refuse the report and say why.")


class NoMoneyLeft(DomainError):
    code = "no_money_left"
    message = _("The scheme has no money left. Put money into it, or refuse the report and say why.")


class SharedTogether(DomainError):
    code = "shared_together"
    message = _(
        "Under these rules all amounts are computed together: close the scheme in its register, then let it share."
    )


COMPUTED = _("Relief for your report %(number)s is %(amount)s yuan. It is kept aside; next comes the county notice.")


@transaction.atomic
def compute(claim: LossClaim, *, by: User, at: dt.datetime) -> Computation:
    """Compute the amount of a claim that was visited or needs no visit, and hold it on the scheme's account."""
    claim = lock(claim)
    if claim.scheme.sharing == Sharing.PRO_RATA:
        raise SharedTogether
    claim.move_to(ClaimStatus.COMPUTED, by=by, at=at)
    take_part(claim.reference, DESK, by=by, at=at)
    require_possible(claim, at=at)
    # Two claims of one household computed at once would each see the whole cap, and so would one that is merged now.
    claim.household = lock_counted([claim.household_id])[claim.household_id]
    payee = payee_account(household=claim.household)
    account = lock_accounts([payee.pk, claim.scheme.account_id])[claim.scheme.account_id]
    worked_out = relief_of(claim, money_left_fen=account.available_fen())
    if worked_out.verified_g < claim.scheme.min_loss_g or worked_out.lines_fen < 1:
        raise NothingToRelieve
    if worked_out.elsewhere_fen == worked_out.lines_fen:
        raise RelievedElsewhere
    if worked_out.cap_left_fen < 1:
        raise CapReached
    if worked_out.money_left_fen < 1:
        raise NoMoneyLeft
    hold(
        [Hold(holding.hold_reference(claim), claim.scheme.account_id, payee.pk, worked_out.amount_fen)],
        at=at,
    )
    computation = Computation.objects.create(
        claim=claim,
        round=claim.round,
        verified_g=worked_out.verified_g,
        rate_fen=worked_out.rate_fen,
        rate_unit_g=worked_out.rate_unit_g,
        gap_fen=worked_out.gap_fen,
        lines_fen=worked_out.lines_fen,
        elsewhere_fen=worked_out.elsewhere_fen,
        cap_left_fen=worked_out.cap_left_fen,
        money_left_fen=worked_out.money_left_fen,
        amount_fen=worked_out.amount_fen,
        by=by,
        at=at,
    )
    claim.due_at = days_after("publish_days", at)
    claim.save(update_fields=["due_at"])
    tell(
        claim,
        "computed",
        COMPUTED,
        at=at,
        amount=money.yuan(computation.amount_fen),
    )
    return computation


def relief_of(claim: LossClaim, *, money_left_fen: int) -> Relief:
    """Return the amount a claim comes to as it stands, of what its scheme has left; nothing is held by it."""
    per_fen, per_g = at_rate(claim)
    return relief(
        verified_g=latest_figure(claim).quantity_g,
        rate_fen=per_fen,
        rate_unit_g=per_g,
        cap_fen=claim.scheme.household_cap_fen,
        had_fen=held_fen(claim.household, claim.scheme),
        money_left_fen=money_left_fen,
        elsewhere_fen=elsewhere_left_fen(claim),
        gap=gap_of_claim(claim),
    )


@whole
def award(claim: LossClaim, *, by: User, at: dt.datetime) -> Award:
    """Confirm the noticed amount, never another: kilos are written off, the hold becomes a payable, payee frozen."""
    claim = lock(claim)
    claim.move_to(ClaimStatus.AWARDED, by=by, at=at)
    require_ended(known(claim.county_notice), claim.reference, at=at)
    take_part(claim.reference, AWARD, by=by, at=at)
    require_undisputed(claim.reference)
    require_called(claim)
    require_clear(claim, at=at)
    holding.write_off(claim, by=by, at=at)
    amount_fen = amount_fen_of(claim)
    held = holding.hold_reference(claim)
    resolve([Resolution(f"{held}:awarded", held, amount_fen)], at=at)
    payable = write_payable(
        kind="relief",
        document=claim.reference,
        household=claim.household,
        payer=claim.scheme.payer,
        account=payee_account(household=claim.household),
        bank_account=claim.scheme.bank_account,
        amount_fen=amount_fen,
        due_on=clock.county_day(at) + dt.timedelta(days=claim.scheme.pay_days),
        at=at,
    )
    given = Award.objects.create(claim=claim, amount_fen=amount_fen, payable=payable, by=by, at=at)
    write_score(given)
    events.record("claim.awarded", claim.reference, by=by, at=at, amount_fen=amount_fen)
    tell(
        claim,
        "awarded",
        _("Your report %(number)s passed: %(amount)s yuan for %(quantity)s of %(produce)s. It goes to your card."),
        at=at,
        amount=money.yuan(amount_fen),
        quantity=lambda: quantity_words(claim),
    )
    return given
