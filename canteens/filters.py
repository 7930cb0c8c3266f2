"""What the registers of this room may be narrowed to; page, spreadsheet and API ask the same."""

from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet, NumberFilter

from canteens.models import (
    ApprovalTier,
    Canteen,
    FundKind,
    LiftedPart,
    PlanRequirement,
    PurchasePlanKind,
    PurchasePlanStatus,
    SheetAnswer,
    SignedLine,
    UnionMember,
    UnionRule,
)
from canteens.selectors.unions import members_there
from kernel import clock

Rule = TypeVar("Rule", UnionRule, PlanRequirement)


class CanteenFilter(FilterSet):
    """Canteens by a part of the buyer's name, and by how they are run."""

    q = CharFilter(label=_("Buyer"), field_name="organisation__name", lookup_expr="icontains", max_length=40)
    mode = ChoiceFilter(label=_("How people eat"), choices=Canteen.Mode.choices, empty_label=_("all"))


class FundFilter(FilterSet):
    """Funds by a part of the buyer's name, by kind and by year."""

    q = CharFilter(label=_("Buyer"), field_name="organisation__name", lookup_expr="icontains", max_length=40)
    kind = ChoiceFilter(label=_("Kind of fund"), choices=FundKind.choices, empty_label=_("all"))
    year = NumberFilter(label=_("Fiscal year"), field_name="fiscal_year", min_value=2020, max_value=2100)


class TierFilter(FilterSet):
    """Approval tiers by a part of their rule, by kind of fund, and whether they hold today."""

    q = CharFilter(label=_("Rule"), lookup_expr="icontains", field_name="rule", max_length=80)
    kind = ChoiceFilter(label=_("Kind of fund"), field_name="fund_kind", choices=FundKind.choices, empty_label=_("all"))
    state = ChoiceFilter(
        label=pgettext_lazy("tier", "In force"),
        choices=[("now", pgettext_lazy("tier", "now")), ("ended", pgettext_lazy("tier", "ended"))],
        method="stands",
        empty_label=_("all"),
    )

    def stands(self, tiers: QuerySet[ApprovalTier], _name: str, state: str) -> QuerySet[ApprovalTier]:
        """Return the tiers in force today, or those that have ended."""
        today = clock.county_day(clock.now())
        over = Q(to_on__lte=today)
        return tiers.filter(over) if state == "ended" else tiers.filter(~over | Q(to_on=None), from_on__lte=today)


class DatedRuleFilter(FilterSet):
    """Rules of a place by a part of their document, and whether they hold today."""

    q = CharFilter(
        label=pgettext_lazy("register", "Document"), lookup_expr="icontains", field_name="document", max_length=80
    )
    state = ChoiceFilter(
        label=pgettext_lazy("tier", "In force"),
        choices=[("now", pgettext_lazy("tier", "now")), ("ended", pgettext_lazy("tier", "ended"))],
        method="stands",
        empty_label=_("all"),
    )

    def stands(self, rules: QuerySet[Rule], _name: str, state: str) -> QuerySet[Rule]:
        """Return the rules in force today, or those that have ended."""
        today = clock.county_day(clock.now())
        over = Q(to_on__lte=today)
        return rules.filter(over) if state == "ended" else rules.filter(~over | Q(to_on=None), from_on__lte=today)


class UnionRuleFilter(DatedRuleFilter):
    """Rules of union money by a part of their document, and whether they hold today."""


class UnionAllowanceFilter(FilterSet):
    """Allowances by a part of the buyer's name, by the part of the rule and by year."""

    q = CharFilter(label=_("Buyer"), field_name="fund__organisation__name", lookup_expr="icontains", max_length=40)
    lifts = ChoiceFilter(label=_("What gives way?"), choices=LiftedPart.choices, empty_label=_("all"))
    year = NumberFilter(label=_("Fiscal year"), field_name="fund__fiscal_year", min_value=2020, max_value=2100)


class PlanRequirementFilter(DatedRuleFilter):
    """Rules of what plans must have, by a part of their document, by kind of fund, and whether they hold today."""

    kind = ChoiceFilter(label=_("Kind of fund"), field_name="fund_kind", choices=FundKind.choices, empty_label=_("all"))


class ShareUnitFilter(FilterSet):
    """Who reports, by a part of the buyer's name, of the superior's or of the reporter's."""

    q = CharFilter(label=_("Buyer"), field_name="organisation__name", lookup_expr="icontains", max_length=40)
    superior = CharFilter(label=_("Answers to"), field_name="superior__name", lookup_expr="icontains", max_length=40)
    reporter = CharFilter(
        label=_("Is reported by"), field_name="reported_by__name", lookup_expr="icontains", max_length=40
    )


class KitchenFilter(FilterSet):
    """Canteens by a part of the buyer's name, of their own or of who runs them."""

    q = CharFilter(label=_("Buyer"), field_name="organisation__name", lookup_expr="icontains", max_length=40)
    name = CharFilter(label=_("Name of the canteen"), field_name="name", lookup_expr="icontains", max_length=20)
    run_by = CharFilter(label=_("Run by"), field_name="run_by", lookup_expr="icontains", max_length=40)


class KitchenShareFilter(FilterSet):
    """Who shares a canteen, by a part of the name of either buyer."""

    q = CharFilter(label=_("Buyer"), field_name="organisation__name", lookup_expr="icontains", max_length=40)
    kitchen_of = CharFilter(
        label=_("Whose canteen"), field_name="kitchen__organisation__name", lookup_expr="icontains", max_length=40
    )


class ShareFilter(FilterSet):
    """Declarations by a part of the buyer's name and by year."""

    q = CharFilter(label=_("Buyer"), field_name="organisation__name", lookup_expr="icontains", max_length=40)
    year = NumberFilter(label=_("Fiscal year"), min_value=2020, max_value=2100)


class ShareExceptionFilter(ShareFilter):
    """Exceptions by a part of the buyer's name and by year."""


class PurchasePlanFilter(FilterSet):
    """Purchase plans by a part of their occasion, by kind and by how far they are."""

    q = CharFilter(label=_("Occasion"), field_name="occasion", lookup_expr="icontains", max_length=40)
    kind = ChoiceFilter(label=_("Kind of plan"), choices=PurchasePlanKind.choices, empty_label=_("all"))
    status = ChoiceFilter(
        label=pgettext_lazy("purchase plan", "How far it is"), choices=PurchasePlanStatus.choices, empty_label=_("all")
    )


class UnionMemberFilter(FilterSet):
    """Members of unions by whether they belong to it today."""

    state = ChoiceFilter(
        label=pgettext_lazy("union member", "Membership"),
        choices=[("now", pgettext_lazy("union member", "today")), ("ended", pgettext_lazy("union member", "ended"))],
        method="belongs",
        empty_label=_("all"),
    )

    def belongs(self, members: QuerySet[UnionMember], _name: str, state: str) -> QuerySet[UnionMember]:
        """Return who belongs to a union today, or no more."""
        today = clock.county_day(clock.now())
        return members.filter(to_on__lte=today) if state == "ended" else members.filter(members_there(today))


class SignedLineFilter(FilterSet):
    """Lines of a signed list by how they are answered."""

    state = ChoiceFilter(
        label=pgettext_lazy("signed list", "Answer"),
        choices=[("open", pgettext_lazy("signed list", "not answered yet")), *SheetAnswer.choices],
        method="answered",
        empty_label=_("all"),
    )

    def answered(self, lines: QuerySet[SignedLine], _name: str, state: str) -> QuerySet[SignedLine]:
        """Return the lines that are answered so, or not at all."""
        return lines.filter(sheet=None) if state == "open" else lines.filter(sheet__answer=state)
