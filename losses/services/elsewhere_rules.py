"""What the rules see of money from others for the same loss: the county's list, and what the household says of it.

The household's own words doubt nobody and take nothing off: somebody looks, and enters the money on the list or says
why not.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from kernel import money
from losses.models import Elsewhere, LossClaim, OtherRelief
from losses.selectors.claims import present_computation, present_round
from losses.selectors.elsewhere import RULE, TOLD_RULE, relieved_elsewhere
from losses.services.seen import AMBER, GREEN, Look
from losses.services.told import Told, told_in


def elsewhere_looks(claim: LossClaim) -> list[Look]:
    """Return what the list says, and how it fits what the household says."""
    rows = list(relieved_elsewhere(claim))
    return [_listed(claim, rows), _told(told_in(present_round(claim)), rows)]


def _listed(claim: LossClaim, rows: Sequence[OtherRelief]) -> Look:
    """See whether the household got insurance or other relief for the same loss, and whether that was taken off."""
    title = _("Not relieved elsewhere")
    computed = present_computation(claim)
    standing = sum(row.amount_fen for row in rows)
    if computed is not None and computed.elsewhere_fen > standing:
        struck = _(
            "%(taken)s yuan were taken off for money from elsewhere; the list has %(standing)s yuan now, the rest was "
            "struck out. Send the report back, so that it is computed anew."
        )
        said = {"taken": money.yuan(computed.elsewhere_fen), "standing": money.yuan(standing)}
        return Look(RULE, AMBER, title, struck % said)
    if not rows:
        return Look(RULE, GREEN, title, _("No list of insurance or other relief names this household for that day."))
    detail = _("Got elsewhere: %(sums)s.") % {
        "sums": "；".join(
            _("%(source)s %(amount)s yuan (%(document)s)")
            % {"source": row.source, "amount": money.yuan(row.amount_fen), "document": row.document}
            for row in rows
        )
    }
    if computed is not None and computed.elsewhere_fen and all(row.at <= computed.at for row in rows):
        taken = _("%(amount)s yuan of it was taken off.") % {"amount": money.yuan(computed.elsewhere_fen)}
        return Look(RULE, GREEN, title, f"{detail}{taken}")
    return Look(RULE, AMBER, title, detail)


def _told(told: Told, rows: Sequence[OtherRelief]) -> Look:
    """Compare what the household says with what is on the list; who was not asked says nothing."""
    title = _("What it says of money from elsewhere")
    listed = sum(row.amount_fen for row in rows)
    words = {"source": told.source, "told": money.yuan(told.fen or 0), "listed": money.yuan(listed)}
    if told.elsewhere == Elsewhere.GOT and told.fen != listed:
        apart = _(
            "It says that it got %(told)s yuan of %(source)s; the list has %(listed)s yuan. Enter in “Relief from "
            "elsewhere” what is missing there, or say why it is not of this loss."
        )
        return Look(TOLD_RULE, AMBER, title, apart % words)
    if told.elsewhere == Elsewhere.INSURED and not rows:
        insured = _(
            "It says that the loss is insured (%(source)s) and not paid yet. Ask the insurer; what is paid is entered "
            "in “Relief from elsewhere”."
        )
        return Look(TOLD_RULE, AMBER, title, insured % {"source": told.source or "—"})
    if told.elsewhere == Elsewhere.NO and rows:
        silent = _("It says that it got nothing; the list has %(listed)s yuan for that day. Ask the household.")
        return Look(TOLD_RULE, AMBER, title, silent % words)
    if told.elsewhere in (Elsewhere.GOT, Elsewhere.INSURED):
        return Look(TOLD_RULE, GREEN, title, _("It stands on the list: %(listed)s yuan.") % words)
    detail = _("It says that it got nothing.") if told.elsewhere else _("It was not asked.")
    return Look(TOLD_RULE, GREEN, title, detail)
