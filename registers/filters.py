"""What each register may be narrowed to; page, spreadsheet and API ask the same."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet, NumberFilter

from accounts.models import (
    BankCard,
    Household,
    HouseholdMember,
    HouseholdTier,
    Organisation,
    Place,
    PlaceName,
    Role,
    Tier,
)
from accounts.selectors import card_in_force, in_force_on
from kernel import clock
from kernel.present import StrOrPromise
from registers.models import Duplicate, DuplicateStatus, RegisterChange
from registers.selectors import standing_so
from registers.services.policies import POLICY_NAMES

BY_DOCUMENT = pgettext_lazy("register", "Document")
# How a proposal stands for whoever looks: as `standing_so` reads it.
CHANGE_STATES = [
    ("mine", pgettext_lazy("proposals", "Wait for your yes or no")),
    ("others", pgettext_lazy("proposals", "Wait for others")),
    ("confirmed", pgettext_lazy("proposals", "In the register")),
    ("ended", pgettext_lazy("proposals", "Refused or ended")),
]
IN_FORCE = [("now", pgettext_lazy("rows", "in force")), ("later", pgettext_lazy("rows", "to come"))]
IN_FORCE += [("ended", pgettext_lazy("rows", "over"))]


class ChangeFilter(FilterSet):
    """Proposals by the number of their document, by register and by how they stand for whoever looks."""

    q = CharFilter(
        label=BY_DOCUMENT,
        field_name="document_number",
        lookup_expr="icontains",
        max_length=80,
    )
    register = CharFilter(label=_("Register"), max_length=32)
    state = ChoiceFilter(
        label=pgettext_lazy("proposals", "How they stand"), choices=CHANGE_STATES, method="stands", empty_label=_("all")
    )

    def stands(self, changes: QuerySet[RegisterChange], _name: str, state: str) -> QuerySet[RegisterChange]:
        """Keep the proposals that stand so for whoever asks."""
        return changes.filter(standing_so(self.request.user, state))


class ChannelFilter(FilterSet):
    """Channels by a part of the name."""

    q = CharFilter(
        label=pgettext_lazy("register", "Name"), field_name="name_zh", lookup_expr="icontains", max_length=40
    )


class PlaceFilter(FilterSet):
    """Places by a part of the name, now or before, and by level."""

    q = CharFilter(label=pgettext_lazy("register", "Name"), method="called", max_length=40)
    level = ChoiceFilter(label=_("Level"), choices=Place.Level.choices, empty_label=_("all"))

    def called(self, places: QuerySet[Place], _name: str, text: str) -> QuerySet[Place]:
        """Keep the places that are or were called so."""
        earlier = PlaceName.objects.filter(name__icontains=text).values("place")
        return places.filter(Q(name__icontains=text) | Q(pk__in=earlier))


class OrganisationFilter(FilterSet):
    """Organisations by a part of the name, and by kind."""

    q = CharFilter(label=pgettext_lazy("register", "Name"), field_name="name", lookup_expr="icontains", max_length=40)
    kind = ChoiceFilter(label=_("Kind"), choices=Organisation.Kind.choices, empty_label=_("all"))


def now_or_ended(label: StrOrPromise) -> ChoiceFilter:
    """Return the question whether a row is in force; the filter set answers it by `stands`."""
    return ChoiceFilter(
        label=label, choices=[("now", _("now")), ("ended", _("ended"))], method="stands", empty_label=_("all")
    )


class Dated:
    """Rows that hold from one day to another."""

    def stands(self, rows: QuerySet[Any], _name: str, state: str) -> QuerySet[Any]:
        """Return the rows in force today, or those that have ended."""
        today = clock.county_day(clock.now())
        return rows.filter(to_on__lte=today) if state == "ended" else rows.filter(in_force_on(today))


class PostFilter(Dated, FilterSet):
    """Posts by organisation, by role, and whether they are in force."""

    q = CharFilter(label=_("Organisation"), field_name="organisation__name", lookup_expr="icontains", max_length=40)
    role = ChoiceFilter(label=_("Post"), choices=Role.choices, empty_label=_("all"))
    state = now_or_ended(pgettext_lazy("register", "In force"))


class CardFilter(FilterSet):
    """Cards of one household, by its number, or of one organisation."""

    q = CharFilter(label=_("Whose card"), method="of_owner", max_length=80)
    state = ChoiceFilter(
        label=pgettext_lazy("proposals", "How they stand"), choices=IN_FORCE, method="stands", empty_label=_("all")
    )

    def stands(self, cards: QuerySet[BankCard], _name: str, state: str) -> QuerySet[BankCard]:
        """Return the cards used now, those whose day comes, or those of before."""
        at = clock.now()
        stand = {"now": card_in_force(at), "later": Q(from_at__gt=at), "ended": Q(to_at__lte=at)}
        return cards.filter(stand[state])

    def of_owner(self, cards: QuerySet[BankCard], _name: str, text: str) -> QuerySet[BankCard]:
        """Return the cards that a household or an organisation has or had."""
        return cards.filter(Q(household__number=text.strip()) | Q(organisation__name=text.strip()))


class HouseholdFilter(FilterSet):
    """Households by their number, by village and by kind."""

    q = CharFilter(label=_("Household number"), field_name="number", lookup_expr="startswith", max_length=20)
    village = CharFilter(label=_("Village"), method="in_village", max_length=60)
    tier = ChoiceFilter(label=_("Kind of household"), choices=Tier.choices, method="counted_as", empty_label=_("all"))

    def in_village(self, households: QuerySet[Household], _name: str, text: str) -> QuerySet[Household]:
        """Keep the households of a village or a township, by a part of its name or by its code."""
        here = Place.objects.filter(Q(name__icontains=text) | Q(pk=text))
        return households.filter(Q(village__in=here) | Q(village__parent__in=here))

    def counted_as(self, households: QuerySet[Household], _name: str, tier: str) -> QuerySet[Household]:
        """Keep the households of this kind now."""
        return households.filter(pk__in=HouseholdTier.objects.filter(tier=tier, to_on=None).values("household"))


class MergedFilter(FilterSet):
    """Households that were merged or set up, by their number."""

    q = CharFilter(label=_("Household number"), field_name="number", lookup_expr="startswith", max_length=20)


class MemberFilter(FilterSet):
    """Members of one household, and whether they are of it now."""

    q = CharFilter(label=_("Household number"), field_name="household__number", lookup_expr="startswith", max_length=20)
    state = now_or_ended(pgettext_lazy("register", "In force"))

    def stands(self, members: QuerySet[HouseholdMember], _name: str, state: str) -> QuerySet[HouseholdMember]:
        """Return who is of a household today, or was before."""
        return members.filter(to_on__isnull=state == "now")


class KinFilter(Dated, MemberFilter):
    """Kin of one household, in force or ended."""


class DuplicateFilter(FilterSet):
    """Pairs of households by what became of them, and by village."""

    state = ChoiceFilter(
        label=pgettext_lazy("register", "State"),
        field_name="status",
        choices=DuplicateStatus.choices,
        empty_label=_("all"),
    )
    q = CharFilter(label=_("Village"), method="in_village", max_length=60)

    def in_village(self, pairs: QuerySet[Duplicate], _name: str, text: str) -> QuerySet[Duplicate]:
        """Keep the pairs with a household of a village or a township, by a part of its name or by its code."""
        here = Place.objects.filter(Q(name__icontains=text) | Q(pk=text))
        near = Household.objects.filter(Q(village__in=here) | Q(village__parent__in=here)).values("pk")
        return pairs.filter(Q(one__in=near) | Q(other__in=near))


class PolicyFilter(FilterSet):
    """Values of one rule, or of one document."""

    q = CharFilter(label=BY_DOCUMENT, field_name="document", lookup_expr="icontains", max_length=80)
    name = ChoiceFilter(label=_("Rule"), choices=POLICY_NAMES, empty_label=_("all"))


class CalendarFilter(FilterSet):
    """Days of one year, or of one document."""

    q = CharFilter(label=BY_DOCUMENT, field_name="document", lookup_expr="icontains", max_length=80)
    year = NumberFilter(label=_("Year"), field_name="day__year", min_value=2000, max_value=2100)


class CoopMemberFilter(Dated, FilterSet):
    """Memberships of one household or co-operative, in force or ended."""

    q = CharFilter(label=_("Number of the household"), field_name="household__number", max_length=20)
    coop = CharFilter(label=_("Co-operative"), field_name="cooperative__name", lookup_expr="icontains", max_length=40)
    state = now_or_ended(pgettext_lazy("mandate", "In force"))


class MandateFilter(CoopMemberFilter):
    """Mandates of one household or co-operative, in force or ended, by what they allow."""

    may = ChoiceFilter(
        label=pgettext_lazy("register", "Allows"),
        choices=[("may_list", _("putting goods on sale")), ("may_confirm", _("answering buyers"))],
        method="allows",
        empty_label=_("all"),
    )

    def allows(self, rows: QuerySet, _name: str, right: str) -> QuerySet:
        """Return the mandates that allow this."""
        return rows.filter(**{right: True})
