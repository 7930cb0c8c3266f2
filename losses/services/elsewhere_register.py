"""The rules of the register of what households got elsewhere: insurance, and relief by other rules."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Household, Role, User
from accounts.selectors import holders_of, users_in_post
from accounts.services.messages import Word, tell_all
from kernel import clock, money
from kernel.errors import BadValue
from kernel.masking import mask_name
from kernel.present import StrOrPromise
from kernel.typed import fold_typed
from kernel.workflow import change
from ledger.selectors import FINANCE
from losses.models import Award, OtherRelief
from losses.selectors.elsewhere import claims_touched, not_stopped, unpaid_awards
from losses.services.scheme_registers import BUREAU
from produce.models import Produce
from produce.services.naming import entry_named
from registers.services.members import household_numbered
from registers.services.named import row_of
from registers.services.rules import Content, Rules, Step

_STOPPED = gettext_lazy(
    "The relief of report %(number)s, %(amount)s yuan, is not paid for now: the household got money elsewhere for the "
    "loss. The bureau looks whether that is so; it stands on your first page until then."
)
_YOURS_STOPPED = gettext_lazy(
    "Your relief for report %(number)s waits: it is written down that you got money elsewhere for the same loss. If "
    "that is wrong, tell the village or the bureau."
)
GOES_ON = gettext_lazy("The relief of report %(number)s, %(amount)s yuan, is stopped no longer. It may be paid.")
YOURS_GOES_ON = gettext_lazy("Your relief for report %(number)s no longer waits. It goes to your card.")
MOST_DAYS = 366  # that one sum covers; more is a slip of the pen, since insurance and relief are of one season


class OtherReliefRules(Rules):
    """Insurance and other relief: who got how much, for losses of which time, by which paper."""

    key = "other-relief"
    roles = (Role.BUREAU_APPROVER,)

    def look(self, content: Content, *, at: dt.datetime) -> Step:
        """Return what would stand on the list, and how many claims of the household it touches."""
        if "row" in content:
            return self._striking(row_of(OtherRelief, content["row"]))
        household, produce = _household(content["household"]), _produce(content["produce"])
        from_on, to_on = (dt.date.fromisoformat(content[name]) for name in ("from_on", "to_on"))
        if not 0 <= (to_on - from_on).days <= MOST_DAYS or from_on > clock.county_day(at):
            raise BadValue(_("The days of the loss are not in order, to come, or more than a year."))
        source = fold_typed(content["source"])
        twin = OtherRelief.objects.filter(
            household=household, produce=produce, source=source, from_on=from_on, to_on=to_on, struck_on=None
        )
        if twin.exists():
            raise BadValue(_("This stands on the list already."))
        asked = {
            "source": source,
            "produce": produce.name if produce is not None else _("whatever it grew"),
            "from_on": from_on.isoformat(),
            "to_on": to_on.isoformat(),
            "amount": money.yuan(int(content["amount"])),
        }
        where = (household, from_on, to_on, produce.pk if produce is not None else None)
        n, unpaid = claims_touched(*where), unpaid_awards(*where).count()
        touched = ngettext(
            "%(n)s loss report of this household falls into that time and is checked against it.",
            "%(n)s loss reports of this household fall into that time and are checked against it.",
            n,
        )
        return Step(
            subject=f"{household.pk.hex}:{produce.pk if produce else 0}:{from_on}:{to_on}:{source[:20]}",
            title=_title(household),
            facts=[(name, "", value) for name, value in asked.items()],
            hands=BUREAU,
            notes=[*([touched % {"n": n}] if n else []), *([_stops(unpaid)] if unpaid else [])],
        )

    def _striking(self, row: OtherRelief) -> Step:
        if row.struck_on is not None:
            raise BadValue(_("This row is struck out already."))
        return Step(
            subject=f"row:{row.pk}",
            title=_title(row.household),
            facts=[("why", money.yuan(row.amount_fen), _("struck out"))],
            hands=BUREAU,
        )

    def write(self, content: Content, *, document: str, by: User, confirmed_by: User, at: dt.datetime) -> None:
        """Write the row, or strike one out."""
        if "row" in content:
            row = change(row_of(OtherRelief, content["row"]), {"struck_on": clock.county_day(at)})
            touched = unpaid_awards(row.household, row.from_on, row.to_on, row.produce_id)
            tell_of_awards(not_stopped(touched.filter(at__lt=row.at)), GOES_ON, YOURS_GOES_ON, at=at)
            return
        row = OtherRelief(
            household=_household(content["household"]),
            produce=_produce(content["produce"]),
            source=fold_typed(content["source"]),
            from_on=dt.date.fromisoformat(content["from_on"]),
            to_on=dt.date.fromisoformat(content["to_on"]),
            amount_fen=int(content["amount"]),
            document=document,
            by=by,
            confirmed_by=confirmed_by,
            at=at,
        )
        row.save(force_insert=True)
        touched = unpaid_awards(row.household, row.from_on, row.to_on, row.produce_id)
        tell_of_awards(touched.filter(at__lt=at), _STOPPED, _YOURS_STOPPED, at=at)


def tell_of_awards(awards: QuerySet[Award], sentence: StrOrPromise, to_it: StrOrPromise, *, at: dt.datetime) -> None:
    """Tell the bureau, whoever pays and the household what becomes of the payment of these awards."""
    day = clock.county_day(at)
    words: list[Word] = []
    for award in awards.select_related("claim__household", "payable__payer"):
        values = {"number": award.claim.number, "amount": money.yuan(award.amount_fen)}
        about = {"kind": "award.stopped", "document": award.claim.reference}
        pays = users_in_post(award.payable.payer, FINANCE, day)
        told = {user.person_id: user.phone for user in [*holders_of(Role.BUREAU_APPROVER, day), *pays]}
        words += [Word(sentence, values, None, phone=phone, **about) for phone in told.values()]
        words.append(Word(to_it, values, award.claim.household, **about))
    tell_all(words, at=at)


def _stops(unpaid: int) -> str:
    """Return in words which awards are not paid while a row stands that came after them."""
    sentence = ngettext(
        "%(n)s award of this household has not been paid; it stays unpaid while this row stands.",
        "%(n)s awards of this household have not been paid; they stay unpaid while this row stands.",
        unpaid,
    )
    return sentence % {"n": unpaid}


def _household(text: str) -> Household:
    """Return the household somebody names; a merged one by its survivor."""
    household = household_numbered(text)
    return household.merged_into or household


def _produce(name: str | None) -> Produce | None:
    return entry_named(name) if name else None


def _title(household: Household) -> str:
    return f"{household.number} {mask_name(household.head_name)}"
