"""Notices of loss: said at once, before anybody asks for money; they hold nothing and end by themselves."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from accounts.models import Household, InboundMessage
from catalog.models import MOST_G, Listing, PlotSeason
from kernel.constraints import one_of, within
from kernel.present import known
from kernel.workflow import Workflow, legal_statuses, status_guards
from losses.models.causes import Cause, Goods, cause_words
from losses.models.claims import LossClaim


class EarlyStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("notice of loss", "Said, no report yet")
    CLAIMED = "claimed", pgettext_lazy("notice of loss", "Reported")
    WITHDRAWN = "withdrawn", pgettext_lazy("notice of loss", "Taken back")
    LAPSED = "lapsed", pgettext_lazy("notice of loss", "Ended, nothing was reported")


EARLY_MOVES = {
    EarlyStatus.OPEN: {EarlyStatus.CLAIMED, EarlyStatus.WITHDRAWN, EarlyStatus.LAPSED},
    EarlyStatus.CLAIMED: set(),
    EarlyStatus.WITHDRAWN: set(),
    EarlyStatus.LAPSED: set(),
}


class LossNotice(Workflow):
    """What somebody said of a loss at once: which goods, about how much, why, and when it was seen."""

    CHANGES = ("status", "claim")
    MOVES = EARLY_MOVES
    REFERENCE = "lossnotice"

    household = models.ForeignKey(Household, models.PROTECT, related_name="loss_notices")
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="loss_notices")
    plot_season = models.ForeignKey(PlotSeason, models.PROTECT, null=True, related_name="loss_notices")
    cause = models.CharField(max_length=12, choices=Cause)
    about = models.BigIntegerField()  # in the stock unit of the goods, as guessed
    seen_on = models.DateField()
    words = models.CharField(max_length=300, blank=True)
    late = models.BooleanField()  # said later than the rule of that day asks
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_proxy = models.BooleanField(default=False)
    text = models.OneToOneField(InboundMessage, models.PROTECT, null=True, related_name="loss_notice")  # it came by
    at = models.DateTimeField()
    ends_at = models.DateTimeField()  # without a report by then it ends
    claim = models.OneToOneField(LossClaim, models.PROTECT, null=True, related_name="early")

    class Meta:
        constraints = [
            legal_statuses(EARLY_MOVES, "early_status_legal"),
            one_of("listing", "plot_season", name="loss_notice_of_a_lot_or_a_season"),
            within("about", 1, MOST_G, name="loss_notice_bounded"),
            models.CheckConstraint(
                condition=Q(status="claimed", claim__isnull=False) | (~Q(status="claimed") & Q(claim=None)),
                name="loss_notice_has_its_claim",
            ),
            models.UniqueConstraint(
                fields=["listing", "plot_season"],
                condition=Q(status="open"),
                nulls_distinct=False,
                name="one_open_notice_of_goods",
            ),
        ]
        indexes = [
            models.Index(fields=["household", "-at"], name="loss_notice_by_household"),
            models.Index(fields=["ends_at"], condition=Q(status="open"), name="loss_notice_ends"),
        ]
        triggers = [
            *status_guards(EARLY_MOVES),
            pgtrigger.ReadOnly(name="loss_notice_stays", exclude=["status", "claim"]),
        ]

    @property
    def goods(self) -> Goods:
        """Return what is said to be lost: the lot, or the crop of the season."""
        return self.listing if self.listing is not None else known(self.plot_season)

    def get_cause_display(self) -> str:  # type: ignore[no-redef]  # in place of the label of the column
        """Return what happened, as people say it of these goods."""
        return str(cause_words(self.cause, self.goods))
