"""The desks of the registers of relief schemes, of their rates and of their money."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation, Tier
from accounts.selectors import Standing, places
from kernel import money
from kernel.masking import mask_name
from kernel.shown import Action, Fact
from losses import filters
from losses.forms import registers as forms
from losses.models import OtherRelief, ReliefScheme, SchemeMoney, SchemePaper, SchemeRate, SchemeStatus
from losses.pages.rehearsals import rehearse_acts
from losses.pages.schemes import copy_url, rate_rows, scheme_facts
from losses.permissions import DESK
from losses.selectors.papers import from_words
from losses.selectors.rates import rate_words
from losses.selectors.schemes import verifier_offices
from losses.services.rehearsing import rehearsed_words
from losses.services.scheme_registers import PUBLISH
from losses.services.scheme_terms import PER_JIN_G
from losses.services.schemes import CLOCKS
from registers.pages.desks import Column, Desk
from registers.services.rules import Content


def _two_names(row: SchemeMoney | OtherRelief) -> str:
    return "、".join(user.person.name for user in (row.by, row.confirmed_by) if user.person is not None)


def _follows(content: Content) -> str:
    """Return what holds of a scheme and what comes next: its rates, its money, its publication."""
    if "scheme" in content:
        if content["act"] == PUBLISH:
            return str(_("The scheme is published. Losses may be reported under it from now on."))
        return str(_("The scheme is closed. Nothing more is reported under it; what was reported goes on."))
    sentence = _(
        "The draft of “%(name)s” stands; nobody can report under it yet. Next: its rates of relief, then its money from"
        " finance, then publish it in this register."
    )
    return str(sentence) % {"name": content["name"]}


def _facts_of(scheme: ReliefScheme) -> list[Fact]:
    """Return the terms of a scheme, what is left of its money, and its rates."""
    rates = "、".join(f"{rate.produce}（{rate.category}）{rate.words}" for rate in rate_rows(scheme))
    return [
        *scheme_facts(scheme),
        Fact(str(_("Rates of relief")), rates or _("None yet")),
        Fact(str(pgettext_lazy("scheme", "Rehearsed")), rehearsed_words(scheme), url=reverse("rehearsal-list")),
    ]


def _stands(scheme: ReliefScheme) -> Content:
    """Return what a scheme says, as its form asks for it."""
    known = places()
    return {
        "name": scheme.name,
        "legal_basis": scheme.legal_basis,
        "window_from": scheme.window_from,
        "window_to": scheme.window_to,
        "tiers": "、".join(str(Tier(tier).label) for tier in scheme.tiers),
        "townships": "、".join(known[code].name for code in scheme.townships),
        "household_cap": scheme.household_cap_fen,
        "min_loss_jin": scheme.min_loss_g // PER_JIN_G,
        "village_days": scheme.village_days,
        "county_days": scheme.county_days,
        "sample_percent": scheme.sample_percent,
        "sharing": scheme.sharing,
        "most_claims": scheme.most_claims,
        "waiting_days": scheme.waiting_days,
        "pay_days": scheme.pay_days,
        "check_photos": "yes" if scheme.check_photos else "",
        **{name: getattr(scheme, name) for name in (*CLOCKS, "no_visit_listed_days")},
        "no_visit_below": scheme.no_visit_below_fen,
        "verifier_offices": "、".join(verifier_offices(scheme)),
        "payer": scheme.payer.name,
    }


def _begins(who: Standing, asked: Mapping[str, str]) -> Content:
    """Return what is known of a draft: what it says already, or what the scheme says that is copied."""
    code = asked.get("code", "") if asked.get("mends") else asked.get("copies", "")
    scheme = ReliefScheme.objects.filter(code=code).select_related("payer").first()
    return _stands(scheme) if scheme is not None else {}


def _acts(who: Standing, scheme: ReliefScheme) -> list[Action]:
    """Return what the bureau does with a scheme beside publishing and closing it."""
    if not who.has(DESK):
        return []
    if scheme.status != SchemeStatus.DRAFT:
        return [Action(copy_url(scheme), str(_("Copy it into a new draft")))]
    mends = {"mends": "yes", "code": scheme.code}
    return [
        Action(f"{reverse('register-new', args=['schemes'])}?{urlencode(mends)}", str(_("Mend this draft"))),
        *rehearse_acts(who, scheme),
    ]


SCHEMES = Desk(
    key="schemes",
    name=_("Relief schemes"),
    about=_("The rules of relief: who, when, how much at most. Nothing can be reported until one is published."),
    add=_("Draft a scheme"),
    form=forms.SchemeForm,
    change_form=forms.SchemeActForm,
    rows=lambda who: ReliefScheme.objects.select_related("payer", "account"),
    order=("-pk",),
    columns=(
        Column("name", pgettext_lazy("register", "Name"), lambda row: row.name),
        Column("code", _("Code"), lambda row: row.code),
        Column("status", pgettext_lazy("scheme", "Status"), lambda row: SchemeStatus(row.status).label),
        Column("window_from", _("Losses from"), lambda row: row.window_from.isoformat()),
        Column("window_to", _("Losses until"), lambda row: row.window_to.isoformat()),
        Column("tiers", _("Who may apply"), lambda row: "、".join(str(Tier(tier).label) for tier in row.tiers)),
        Column("cap", _("At most a household (yuan)"), lambda row: money.yuan(row.household_cap_fen)),
        Column("left", _("Left (yuan)"), lambda row: money.yuan(row.account.available_fen())),
    ),
    narrowed=filters.SchemeFilter,
    content_of=lambda row: {"scheme": row.pk},
    units="payer",
    unit_kinds=(Organisation.Kind.FINANCE,),
    facts=_facts_of,
    acts=_acts,
    begins=_begins,
    follows=_follows,
)


def _rate_stands(rate: SchemeRate) -> Content:
    """Return what a rate says, as its form asks for it: by the jin, whatever weight it is kept for."""
    of_weight = rate.basis == SchemeRate.Basis.KG
    return {
        "row": rate.pk,
        "basis": rate.basis,
        "rate": (rate.rate_fen * PER_JIN_G // rate.rate_unit_g if of_weight else rate.rate_fen) or None,
        "percent": rate.permille // 10 or None,
    }


RATES = Desk(
    key="scheme-rates",
    name=_("Rates of relief"),
    about=_(
        "What a jin, a mu, a head or the value of each produce is relieved with. Rates come in while the scheme is a "
        "draft, and then stay."
    ),
    add=_("Propose a rate"),
    form=forms.RateForm,
    change_form=forms.RateMendForm,
    content_of=_rate_stands,
    rows=lambda who: SchemeRate.objects.select_related("scheme", "produce"),
    order=("-scheme_id", "produce__position", "pk"),
    columns=(
        Column("scheme", _("Relief scheme"), lambda row: row.scheme.name),
        Column("code", _("Code of the scheme"), lambda row: row.scheme.code),
        Column("produce", _("Produce"), lambda row: row.produce.name),
        Column("category", _("Kind of loss"), lambda row: row.get_category_display()),
        Column("rate", pgettext_lazy("relief", "Rate"), rate_words),
    ),
    narrowed=filters.RateFilter,
    by_file=True,
    example={"scheme": "ZX2030", "produce": "包菜", "category": "收后损失", "rate": "0.80"},
)

PAPERS = Desk(
    key="scheme-papers",
    name=_("Papers of relief schemes"),
    about=_(
        "Which papers a scheme asks for. They come in while the scheme is a draft, and then stay; without them no "
        "report goes on beyond the township."
    ),
    add=_("Ask for a paper"),
    form=forms.PaperForForm,
    change_form=forms.PaperMendForm,
    content_of=lambda row: {
        "row": row.pk,
        "from_amount": row.from_fen or None,
        "brought_by": row.brought_by,
        "form": row.form,
    },
    rows=lambda who: SchemePaper.objects.select_related("scheme"),
    order=("-scheme_id", "pk"),
    columns=(
        Column("scheme", _("Relief scheme"), lambda row: row.scheme.name),
        Column("code", _("Code of the scheme"), lambda row: row.scheme.code),
        Column("kind", _("Which paper"), lambda row: row.get_kind_display()),
        Column("from_amount", _("From how much relief on (yuan)"), lambda row: from_words(row.from_fen)),
        Column("brought_by", _("Who brings it"), lambda row: row.get_brought_by_display()),
        Column("form", _("What is added"), lambda row: row.get_form_display()),
    ),
    narrowed=filters.PaperFilter,
    by_file=True,
    example={"scheme": "ZX2030", "kind": "磅单", "from_amount": "500", "brought_by": "农户", "form": "照片"},
)

SCHEME_MONEY = Desk(
    key="scheme-money",
    name=_("Money of relief schemes"),
    about=_("What finance puts behind a scheme or takes from it. A scheme without money is not published."),
    add=_("Propose a sum"),
    form=forms.SchemeMoneyForm,
    change_form=forms.SchemeMoneyStrikeForm,
    content_of=lambda row: {"row": row.pk},
    facts=lambda row: [
        Fact(str(_("Amount (yuan)")), money.yuan(row.amount_fen)),
        Fact(str(pgettext_lazy("register", "Document")), row.document),
        Fact(str(_("What is to be done")), str(_("Strike it out of the draft"))),
    ],
    rows=lambda who: SchemeMoney.objects.select_related("scheme", "by__person", "confirmed_by__person"),
    order=("-pk",),
    columns=(
        Column("scheme", _("Relief scheme"), lambda row: row.scheme.name),
        Column("code", _("Code of the scheme"), lambda row: row.scheme.code),
        Column("amount", _("Amount (yuan)"), lambda row: money.yuan(row.amount_fen)),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
        Column("hands", _("Set and confirmed by"), _two_names),
    ),
    narrowed=filters.SchemeMoneyFilter,
)

OTHER_RELIEF = Desk(
    key="other-relief",
    name=_("Insurance and other relief"),
    about=_(
        "Who got money elsewhere for the same loss. It is taken off when relief is computed, so nobody is paid twice."
    ),
    add=_("Propose a row"),
    form=forms.OtherReliefForm,
    change_form=forms.OtherReliefEndForm,
    rows=lambda who: OtherRelief.objects.select_related("household", "produce", "by__person", "confirmed_by__person"),
    order=("-from_on", "pk"),
    columns=(
        Column("household", _("Household"), lambda row: f"{row.household.number} {mask_name(row.household.head_name)}"),
        Column("source", _("From whom"), lambda row: row.source),
        Column("produce", _("Produce"), lambda row: row.produce.name if row.produce else _("whatever it grew")),
        Column("from_on", _("Losses from"), lambda row: row.from_on.isoformat()),
        Column("to_on", _("Losses until"), lambda row: row.to_on.isoformat()),
        Column("amount", _("Amount (yuan)"), lambda row: money.yuan(row.amount_fen)),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
        Column("hands", _("Set and confirmed by"), _two_names),
        Column("struck_on", _("Struck out on"), lambda row: row.struck_on.isoformat() if row.struck_on else ""),
    ),
    narrowed=filters.OtherReliefFilter,
    content_of=lambda row: {"row": row.pk},
    by_file=True,
    example={
        "household": "R0001",
        "source": "人保财险示范支公司",
        "produce": "脐橙",
        "from_on": "2030-09-01",
        "to_on": "2030-09-30",
        "amount": "300",
    },
)

DESKS = (SCHEMES, RATES, PAPERS, SCHEME_MONEY, OTHER_RELIEF)
