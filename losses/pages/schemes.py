"""The published rules, as everybody may read them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Tier
from accounts.selectors import places
from kernel import money, weight
from kernel.dates import period_words
from kernel.present import name_of
from kernel.shown import Fact, Tag
from losses.models import ReliefScheme, SchemePaper, SchemeStatus, Sharing
from losses.relief import RateBasis
from losses.selectors.papers import from_words
from losses.selectors.rates import rate_words
from losses.selectors.schemes import verifier_offices


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """A scheme as a line of the list and as the head of its page."""

    url: str
    name: str
    basis: str
    window: str
    status: Tag


@dataclass(frozen=True, slots=True)
class RateRow:
    """What one produce is relieved with in one kind of loss."""

    produce: str
    category: str
    words: str
    per_kg: str  # of a rate by weight


def scheme_row(scheme: ReliefScheme) -> SchemeRow:
    """Return a scheme with its name, its window and whether it is open."""
    open_now = scheme.status == SchemeStatus.PUBLISHED
    return SchemeRow(
        url=reverse("scheme-detail", args=[scheme.pk]),
        name=scheme.name,
        basis=scheme.legal_basis,
        window=_window(scheme),
        status=Tag("ok" if open_now else "plain", str(SchemeStatus(scheme.status).label)),
    )


def copy_url(scheme: ReliefScheme) -> str:
    """Return where the bureau drafts a scheme that begins as a copy of this one."""
    return f"{reverse('register-new', args=['schemes'])}?{urlencode({'copies': scheme.code})}"


def scheme_facts(scheme: ReliefScheme) -> list[Fact]:
    """Return everything the rules promise and limit, one a line."""
    return [
        Fact(_("Losses from … to …"), _window(scheme)),
        Fact(_("Who may apply"), "、".join(str(Tier(tier).label) for tier in scheme.tiers)),
        Fact(_("In which townships"), _townships(scheme)),
        Fact(_("At least"), weight.both(scheme.min_loss_g)),
        Fact(_("At most a household"), _("%(n)s yuan") % {"n": money.yuan(scheme.household_cap_fen)}),
        Fact(pgettext("rules", "On the village wall"), _("%(n)s working days") % {"n": scheme.village_days}),
        Fact(pgettext("rules", "On the county notice"), _("%(n)s working days") % {"n": scheme.county_days}),
        Fact(_("Visited of a hundred reports"), str(scheme.sample_percent)),
        Fact(_("If the money does not suffice"), str(Sharing(scheme.sharing).label)),
        *_limits(scheme),
        Fact(_("Paid within"), _("%(n)s days after the award") % {"n": scheme.pay_days}),
        Fact(_("Paid by"), scheme.payer.name),
        Fact(_("Money left"), _("%(n)s yuan") % {"n": money.yuan(scheme.account.available_fen())}),
    ]


def _limits(scheme: ReliefScheme) -> list[Fact]:
    """Return how often a household may report and what the checks show, where the rules say so."""
    limits = []
    if scheme.most_claims is not None:
        limits.append(Fact(_("At most reports a household"), str(scheme.most_claims)))
    if scheme.waiting_days:
        limits.append(Fact(_("Days between two reports"), str(scheme.waiting_days)))
    if scheme.check_photos:
        limits.append(Fact(_("Village and township take a photo"), pgettext("check photos", "yes, each its own")))
    return [
        *limits,
        *_own(scheme),
        *(Fact(str(paper.get_kind_display()), _paper_words(paper)) for paper in scheme.papers.order_by("pk")),
    ]


def _own(scheme: ReliefScheme) -> list[Fact]:
    """Return the clocks that a scheme has of its own, and which lots it lets go on without a visit."""
    clocks = [
        (_("The village looks within"), _("%(n)s hours"), scheme.village_check_hours),
        (_("The township checks within"), _("%(n)s hours"), scheme.township_check_hours),
        (_("The two visit within"), _("%(n)s hours"), scheme.visit_hours),
        (_("The county computes and decides within"), _("%(n)s days"), scheme.review_days),
    ]
    facts = [Fact(label, words % {"n": n}) for label, words, n in clocks if n is not None]
    if offices := verifier_offices(scheme):
        facts.append(Fact(_("Verifiers of which offices"), "、".join(offices)))
    if scheme.no_visit_below_fen is None:
        return facts
    unseen = _("unsold lots below %(sum)s yuan, on sale for %(days)s days before the loss, that nothing speaks against")
    said = {"sum": money.yuan(scheme.no_visit_below_fen), "days": scheme.no_visit_listed_days}
    return [*facts, Fact(_("No visit is needed for"), unseen % said)]


def _paper_words(paper: SchemePaper) -> str:
    """Return of a paper that is asked for: from which amount on, and who brings it."""
    return _("%(when)s; brings it: %(who)s") % {
        "when": from_words(paper.from_fen),
        "who": paper.get_brought_by_display(),
    }


def rate_rows(scheme: ReliefScheme) -> list[RateRow]:
    """Return the rates, in the order of the dictionary."""
    return [
        RateRow(
            produce=name_of(rate.produce),
            category=rate.get_category_display(),
            words=rate_words(rate),
            per_kg=money.price_per_kg(rate.rate_fen, rate.rate_unit_g) if rate.basis == RateBasis.KG else "",
        )
        for rate in scheme.rates.select_related("produce").order_by("produce__position", "produce__name")
    ]


def _townships(scheme: ReliefScheme) -> str:
    names = "、".join(known.name for code, known in places().items() if code in scheme.townships)
    return names or _("the whole county")


def _window(scheme: ReliefScheme) -> str:
    return period_words(scheme.window_from, scheme.window_to)
