"""The desks of the registers of hands and units: which steps are kept apart, who is excepted, for whom orders count."""

from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import Organisation, Role
from accounts.selectors import Standing
from orders import filters, forms
from orders.forms.counting import UnitForm
from orders.models import OrderUnit
from orders.services.counting import UnitRules
from orders.services.hand_registers import ExceptionRules, pair_words, scope_of
from orders.services.hands import STAGES
from records.models import HandsException, IncompatibleHands
from registers.pages.desks import Column, Desk

HANDS = Desk(
    key="incompatible-hands",
    name=_("Steps kept apart"),
    about=_("Which two steps of an order are never done by one person. What was done keeps the rule of its day."),
    add=_("Propose a pair"),
    form=forms.PairForm,
    change_form=forms.PairEndForm,
    rows=lambda who: IncompatibleHands.objects.filter(kind="order"),
    order=("stage", "other", "-from_on", "pk"),
    columns=(
        Column("stage", _("Step"), lambda row: STAGES.get(row.stage, row.stage)),
        Column("other", _("Never with"), lambda row: STAGES.get(row.other, row.other)),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", _("Until"), lambda row: row.to_on.isoformat() if row.to_on else ""),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
    ),
    narrowed=filters.PairFilter,
    content_of=lambda row: {"pair": row.pk, "to_on": row.to_on},
)


def _exceptions_seen_by(who: Standing) -> QuerySet[HandsException]:
    """Return the exceptions of the own organisation; all of them for bureau, finance and auditor."""
    whose = Organisation.objects.annotate(whose=Concat(Value("organisation:"), Cast("pk", CharField())))
    named = whose.filter(whose=OuterRef("scope")).values("name")[:1]
    rows = HandsException.objects.annotate(buyer=Subquery(named), used=Count("hands__document", distinct=True))
    if who.has(Role.AUDITOR, *(role for role in ExceptionRules.roles if role != Role.HEAD_OF_OFFICE)):
        return rows
    own = who.organisations(Role.HEAD_OF_OFFICE)
    return rows.filter(scope__in=[scope_of(Organisation(pk=key)) for key in own])


EXCEPTIONS = Desk(
    key="hand-exceptions",
    name=_("Exceptions from the steps kept apart"),
    about=_("Where an organisation has too few people one may do two steps, for a time. Every order says so."),
    add=_("Ask for an exception"),
    form=forms.ExceptionForm,
    change_form=forms.ExceptionEndForm,
    rows=_exceptions_seen_by,
    order=("-from_on", "pk"),
    columns=(
        Column("organisation", _("Organisation"), lambda row: row.buyer),
        Column("pair", _("One person may"), lambda row: pair_words(row.stage, row.other)),
        Column("from_on", pgettext_lazy("register", "From"), lambda row: row.from_on.isoformat()),
        Column("to_on", _("Until"), lambda row: row.to_on.isoformat()),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
        Column("used", _("Orders it was used on"), lambda row: row.used),
    ),
    narrowed=filters.ExceptionFilter,
    units="organisation",
    unit_kinds=(Organisation.Kind.BUYER,),
    own_units=(Role.HEAD_OF_OFFICE,),
    content_of=lambda row: {"exception": row.pk, "to_on": row.to_on},
)


def _units_seen_by(who: Standing) -> QuerySet[OrderUnit]:
    """Return the corrections of orders of the own buyer, or that count for it; all of them for the auditor."""
    rows = OrderUnit.objects.select_related("order__buyer", "organisation", "by__person", "confirmed_by__person")
    if who.has(Role.AUDITOR):
        return rows
    own = who.organisations(*UnitRules.roles)
    return rows.filter(Q(order__buyer_id__in=own) | Q(organisation_id__in=own))


UNITS = Desk(
    key="order-units",
    name=_("For whom orders count"),
    about=_(
        "An order counts for the reserved share of its buyer. Where that is wrong it is mended here until it is "
        "settled; fund, hold and payer stay. A wrong fund: call the order off on its page, and order again from there."
    ),
    add=_("Mend for whom an order counts"),
    form=UnitForm,
    rows=_units_seen_by,
    order=("-at", "-pk"),
    columns=(
        Column("order", _("Order"), lambda row: row.order.number),
        Column("buyer", _("Placed and paid by"), lambda row: row.order.buyer.name),
        Column("organisation", pgettext("order", "Counts for"), lambda row: row.organisation.name),
        Column("why", _("Why"), lambda row: row.why),
        Column("document", pgettext_lazy("register", "Document"), lambda row: row.document),
        Column(
            "hands",
            _("Asked and agreed by"),
            lambda row: "、".join(user.person.name for user in (row.by, row.confirmed_by) if user.person is not None),
        ),
    ),
    narrowed=filters.UnitFilter,
    units="organisation",
    unit_kinds=(Organisation.Kind.BUYER,),
)

DESKS = (HANDS, EXCEPTIONS, UNITS)
