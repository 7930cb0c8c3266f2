"""The desks of the registers of plots and seasons, and of sanctions."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.selectors import Standing
from catalog.filters import PlotFilter, SanctionFilter, ServingFilter
from catalog.forms.plots import PlotChangeForm, PlotForm
from catalog.forms.sanctions import SanctionEndForm, SanctionForm
from catalog.forms.serving import ServingEndForm, ServingForm
from catalog.models import CapacityReason, NotServed, Sanction
from catalog.selectors.seasons import seasons_seen_by
from catalog.services.plot_register import area_words
from catalog.services.sanction_register import party_words
from kernel import weight
from kernel.masking import mask_name
from registers.pages.desks import Column, Desk
from registers.services.rules import Content


def _begins(who: Standing, _asked: Mapping[str, str]) -> Content:
    """Return the own household, for whoever writes down what it grows."""
    own = {"household": who.household.number} if who.household is not None else {}
    return {**own, "capacity_reason": CapacityReason.YIELD.value}


def _two_names(row: Sanction) -> str:
    return "、".join(user.person.name for user in (row.by, row.confirmed_by) if user.person is not None)


SANCTIONS = Desk(
    key="sanctions",
    name=_("Sanctions"),
    about=_("What a household or an organisation is warned of, or may not do, until a last day. Two of the bureau."),
    add=_("Propose a sanction"),
    form=SanctionForm,
    change_form=SanctionEndForm,
    rows=lambda who: Sanction.objects.select_related(
        "household", "organisation", "produce", "by__person", "confirmed_by__person"
    ),
    order=("-to_on", "-pk"),
    columns=(
        Column("party", pgettext_lazy("sanction", "Against whom"),
               lambda row: party_words(row.household, row.organisation)),
        Column("code", pgettext_lazy("sanction", "What"), lambda row: row.get_code_display()),
        Column("produce", pgettext_lazy("sanction", "Of which goods"),
               lambda row: row.produce.name if row.produce else ""),
        Column("from_on", pgettext_lazy("sanction", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", pgettext_lazy("sanction", "Up to and with"), lambda row: row.to_on.isoformat()),
        Column("reason", pgettext_lazy("sanction", "Why, as they read it"), lambda row: row.reason),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
        Column("hands", _("Set and confirmed by"), _two_names),
        Column("lifted_on", _("Lifted on"), lambda row: row.lifted_on.isoformat() if row.lifted_on else ""),
    ),
    narrowed=SanctionFilter,
    content_of=lambda row: {"row": row.pk},
)  # fmt: skip

NOT_SERVED = Desk(
    key="not-served",
    name=_("What may not be served"),
    about=_("Goods that buyers of a channel may not serve. They do not see them on the market, no order takes them."),
    add=_("Propose what may not be served"),
    form=ServingForm,
    change_form=ServingEndForm,
    rows=lambda who: NotServed.objects.select_related("channel", "produce"),
    order=("channel", "produce__name", "-from_on", "pk"),
    columns=(
        Column("channel", _("Channel that may not serve it"), lambda row: row.channel.name_zh),
        Column("produce", _("What is not served"), lambda row: row.produce.name),
        Column("from_on", pgettext_lazy("sanction", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", _("First day on which it is served again"),
               lambda row: row.to_on.isoformat() if row.to_on else ""),
        Column("why", _("Why not, as buyers read it"), lambda row: row.why),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
    ),
    narrowed=ServingFilter,
    content_of=lambda row: {"row": row.pk, "to_on": row.to_on},
)  # fmt: skip

PLOTS = Desk(
    key="plots",
    personal=True,
    name=_("Plots and seasons"),
    about=_("What each household grows and how much that gives. What it puts on sale counts in it."),
    add=_("Write a season down"),
    form=PlotForm,
    change_form=PlotChangeForm,
    rows=seasons_seen_by,
    order=("-harvest_to", "-pk"),
    columns=(
        Column("household", _("Number of the household"), lambda row: row.household.number),
        Column("head", pgettext_lazy("register", "Head"), lambda row: mask_name(row.household.head_name)),
        Column("produce", pgettext_lazy("plot", "What is grown"), lambda row: row.produce.name),
        Column("parcel", _("Which land"), lambda row: row.parcel),
        Column("area", _("How many mu"), lambda row: area_words(row.area_cmu)),
        Column("harvest_from", _("First day of harvest"), lambda row: row.harvest_from.isoformat()),
        Column("harvest_to", _("Last day of harvest"), lambda row: row.harvest_to.isoformat()),
        Column("capacity", _("Gives (jin)"), lambda row: weight.jin(row.capacity_g)),
        Column("capacity_reason", _("How this is known"), lambda row: row.get_capacity_reason_display()),
        Column("contracted", _("Contracted (jin)"), lambda row: weight.jin(row.contracted_g)),
        Column("listed", _("Put on sale (jin)"), lambda row: weight.jin(row.listed_g)),
        Column("claimed", _("Reported lost (jin)"), lambda row: weight.jin(row.claimed_g)),
        Column("left", _("Left (jin)"), lambda row: weight.jin(row.left_g())),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
    ),
    narrowed=PlotFilter,
    content_of=lambda row: {
        "season": row.pk,
        "produce": row.produce.name,
        "parcel": row.parcel,
        "area": area_words(row.area_cmu),
        "harvest_from": row.harvest_from,
        "harvest_to": row.harvest_to,
        "capacity": row.capacity_g,
        "capacity_reason": row.capacity_reason,
    },
    begins=_begins,
    by_file=True,
    example={
        "household": "R0001",
        "produce": "包菜",
        "parcel": "村东大丘，承包地12号",
        "area": "2.5",
        "harvest_from": "2030-10-20",
        "harvest_to": "2030-12-10",
        "capacity": "",
        "capacity_reason": "面积乘常年亩产",
    },
)
