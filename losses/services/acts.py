"""Losses that others report for a household, in words, and what is held when it says 「不是我」."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Consent, Grievance, User
from accounts.selectors import Standing
from accounts.services import acts, grievances
from kernel.present import StrOrPromise
from kernel.workflow import lock
from losses.models import (
    AppealStatus,
    ClaimStatus,
    EarlyStatus,
    LossAppeal,
    LossClaim,
    LossNotice,
    RecoveryStatus,
    ReliefRecovery,
)
from losses.services import holding


class Reports(acts.Kind):
    """Reports of losses."""

    prefix = "claim"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each report by its number and its goods."""
        keys = [document.partition(":")[2] for document in documents]
        rows = LossClaim.objects.filter(pk__in=keys).select_related("rate__produce")
        return {
            claim.reference: _("Report %(number)s of a loss of %(produce)s")
            % {"number": claim.number, "produce": claim.rate.produce.name}
            for claim in rows
        }

    def hold(self, consent: Consent, *, by: User, at: dt.datetime) -> StrOrPromise:
        """Let no money be awarded; the award asks."""
        claim = lock(_claim(consent))  # an award at the same time waits, and then reads of the dispute
        if claim.status == ClaimStatus.AWARDED:
            return gettext_lazy("The money was awarded already.")
        return gettext_lazy("No money is awarded for it until this is answered.")

    def undo(self, consent: Consent, *, by: User, at: dt.datetime) -> None:
        """Take back a report that is on no notice yet; a later one stays barred from its award."""
        claim = lock(_claim(consent))
        if claim.can_move(ClaimStatus.WITHDRAWN):
            claim.move_to(ClaimStatus.WITHDRAWN, by=by, at=at)
            holding.release_kilos(claim, by=by, at=at)


def _claim(consent: Consent) -> LossClaim:
    return LossClaim.objects.get(pk=consent.document.partition(":")[2])


class Appeals(acts.Kind):
    """Appeals against refusals; they hold nothing, so a false one is only taken back."""

    prefix = "appeal"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each appeal by the number of its report."""
        keys = [document.partition(":")[2] for document in documents]
        sentence = _("Appeal on report %(number)s")
        rows = LossAppeal.objects.filter(pk__in=keys).select_related("claim")
        return {row.reference: sentence % {"number": row.claim.number} for row in rows}

    def undo(self, consent: Consent, *, by: User, at: dt.datetime) -> None:
        """Take back an appeal that is not decided; the household may then appeal itself."""
        row = lock(LossAppeal.objects.get(pk=consent.document.partition(":")[2]))
        if row.can_move(AppealStatus.WITHDRAWN):
            row.ended_at = at
            row.move_to(AppealStatus.WITHDRAWN, by=by, at=at, along=("ended_at",))


class Notices(acts.Kind):
    """Notices of loss; they hold nothing, so a false one is only taken back."""

    prefix = "lossnotice"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each notice by its goods."""
        keys = [document.partition(":")[2] for document in documents]
        rows = LossNotice.objects.filter(pk__in=keys).select_related("listing__produce", "plot_season__produce")
        sentence = _("Notice of a loss of %(produce)s")
        return {notice.reference: sentence % {"produce": notice.goods.produce.name} for notice in rows}

    def undo(self, consent: Consent, *, by: User, at: dt.datetime) -> None:
        """Take back a notice that is still open."""
        notice = lock(LossNotice.objects.get(pk=consent.document.partition(":")[2]))
        if notice.can_move(EarlyStatus.WITHDRAWN):
            notice.move_to(EarlyStatus.WITHDRAWN, by=by, at=at)


class Recoveries(grievances.Kind):
    """Relief claimed back, as grievances speak of it: the household says that it is not right."""

    prefix = "reliefrecovery"

    def named(self, documents: list[str]) -> dict[str, str]:
        """Return each by the report whose relief is to be given back."""
        keys = [document.partition(":")[2] for document in documents]
        sentence = _("Relief of report %(number)s claimed back")
        rows = ReliefRecovery.objects.filter(pk__in=keys).select_related("award__claim")
        return {row.reference: sentence % {"number": row.award.claim.number} for row in rows}

    def hands(self, document: str) -> list[User]:
        """Return who proposed and who decided it."""
        row = ReliefRecovery.objects.select_related("proposed_by", "decided_by").get(pk=document.partition(":")[2])
        return [user for user in (row.proposed_by, row.decided_by) if user is not None]

    def sayable(self, key: str, who: Standing) -> grievances.Sayable | None:
        """Return the household that is to give it back, where this person is of it and it is still claimed."""
        if not (key.isdecimal() and len(key) < 10):
            return None
        rows = ReliefRecovery.objects.filter(pk=int(key), status=RecoveryStatus.CLAIMED)
        row = rows.filter(award__claim__household__in=who.households).select_related("award__claim__household").first()
        if row is None:
            return None
        return grievances.Sayable(Grievance.Category.OTHER, household=row.award.claim.household)
