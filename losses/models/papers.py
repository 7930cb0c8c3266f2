"""Papers that the rules of a scheme ask for, and what was brought of them to a claim."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.constraints import within
from kernel.workflow import append_only
from losses.models.claims import ClaimStatus, LossClaim
from losses.models.schemes import InForce, ReliefScheme, struck_in_a_draft
from records.models import MOST_FEN, StoredFile


class PaperKind(models.TextChoices):
    WEIGHED = "weighed", _("Weighing slip")
    VILLAGE = "village", _("Certificate of the village")
    INSURER = "insurer", _("Answer of the insurer")
    BUYER = "buyer", _("Buyer's cancellation or return note")
    VET = "vet", _("Certificate of the vet")
    DESTROYED = "destroyed", _("Proof that it was destroyed safely")


class PaperForm(models.TextChoices):
    PHOTO = "photo", pgettext_lazy("paper", "A photo of it")
    NUMBER = "number", pgettext_lazy("paper", "Its number")


class BroughtBy(models.TextChoices):
    HOUSEHOLD = "household", pgettext_lazy("paper", "The household")
    VILLAGE = "village", pgettext_lazy("paper", "The village")


# While a paper may still be brought: before the township has looked.
PAPERS_OPEN = [ClaimStatus.FILED, ClaimStatus.VILLAGE_CHECKED, ClaimStatus.SENT_BACK]


class SchemePaper(models.Model):
    """A paper that a scheme asks for: of which kind, from which amount on, brought by whom, shown or by its number."""

    CHANGES = ("struck_on",)

    scheme = models.ForeignKey(ReliefScheme, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=12, choices=PaperKind)
    from_fen = models.BigIntegerField(default=0)  # of what the loss comes to at its rate; 0 is always
    brought_by = models.CharField(max_length=12, choices=BroughtBy)
    form = models.CharField(max_length=8, choices=PaperForm)
    struck_on = models.DateField(null=True)

    objects = InForce()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "kind"], condition=Q(struck_on=None), name="scheme_paper_once"),
            within("from_fen", 0, MOST_FEN, name="scheme_paper_bounded"),
            models.CheckConstraint(
                condition=Q(brought_by__in=["household", "village"], form__in=["photo", "number"]),
                name="scheme_paper_known",
            ),
        ]
        triggers = struck_in_a_draft("asked_paper_stays")


# A paper is one of those its scheme asks for, as it asks for it, and comes before the township has looked.
_AS_IT_IS_ASKED_FOR = """
IF NOT EXISTS (
    SELECT FROM losses_schemepaper asked JOIN losses_lossclaim claim ON claim.scheme_id = asked.scheme_id
    WHERE asked.id = NEW.paper_id AND claim.id = NEW.claim_id AND asked.struck_on IS NULL
    AND claim.status IN ('filed', 'village_checked', 'sent_back')
    AND (asked.form = 'photo') = (NEW.photo_id IS NOT NULL)
) THEN
    RAISE EXCEPTION 'pgtrigger: claim % takes no such paper', NEW.claim_id;
END IF;
RETURN NEW;
"""


class ClaimPaper(models.Model):
    """A paper brought to a claim, shown or by its number; the newest of a kind stands, those before it stay."""

    HISTORY = True

    claim = models.ForeignKey(LossClaim, models.PROTECT, related_name="papers")
    paper = models.ForeignKey(SchemePaper, models.PROTECT, related_name="+")
    number = models.CharField(max_length=60, blank=True)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number="", photo__isnull=False) | ~Q(number="") & Q(photo=None),
                name="claim_paper_shown_or_numbered",
            ),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="paper_as_asked_for",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_AS_IT_IS_ASKED_FOR,
            ),
        ]
