"""What lists of losses and the registers of schemes may be narrowed to; page, spreadsheet and API ask the same."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, FilterSet

from losses.models import (
    AppealStatus,
    CallOutcome,
    CallStatus,
    EarlyStatus,
    LossNotice,
    RecoveryReason,
    RecoveryStatus,
    ReinspectionOutcome,
    ReinspectionStatus,
    ReinspectionWhy,
    ReliefScheme,
    SchemeStatus,
)
from records.models import ObjectionStatus


class SchemeFilter(FilterSet):
    """Schemes by a part of the name or of the code, and by how they stand."""

    q = CharFilter(label=pgettext_lazy("register", "Name"), method="called", max_length=40)
    status = ChoiceFilter(label=pgettext_lazy("scheme", "Status"), choices=SchemeStatus.choices, empty_label=_("all"))

    def called(self, schemes: QuerySet[ReliefScheme], _name: str, text: str) -> QuerySet[ReliefScheme]:
        """Keep the schemes of this name or code."""
        return schemes.filter(Q(name__icontains=text) | Q(code__iexact=text))


class RateFilter(FilterSet):
    """Rates of one scheme, by its code."""

    q = CharFilter(label=_("Code of the scheme"), field_name="scheme__code", lookup_expr="iexact", max_length=32)


class PaperFilter(RateFilter):
    """Papers of one scheme, by its code."""


class SchemeMoneyFilter(RateFilter):
    """Sums of one scheme, by its code."""


class OtherReliefFilter(FilterSet):
    """What one household got, by its number, or what came from one source."""

    q = CharFilter(label=_("Household"), field_name="household__number", lookup_expr="iexact", max_length=20)
    source = CharFilter(label=_("From whom"), lookup_expr="icontains", max_length=60)


class ObjectionFilter(FilterSet):
    """Objections by how they stand."""

    state = ChoiceFilter(
        label=pgettext_lazy("objection", "Status"),
        field_name="status",
        choices=ObjectionStatus.choices,
        empty_label=_("all"),
    )


class RecoveryFilter(FilterSet):
    """Relief claimed back by how it stands, by why, and by the number of the report."""

    status = ChoiceFilter(label=_("How it stands"), choices=RecoveryStatus.choices, empty_label=_("all"))
    reason = ChoiceFilter(
        label=pgettext_lazy("relief claimed back", "Why"), choices=RecoveryReason.choices, empty_label=_("all")
    )
    q = CharFilter(
        label=_("Number of the report"), field_name="award__claim__number", lookup_expr="icontains", max_length=30
    )


class CallFilter(FilterSet):
    """Calls by how they stand, what was said, and the number of the report."""

    state = ChoiceFilter(
        label=pgettext_lazy("call", "Status"), field_name="status", choices=CallStatus.choices, empty_label=_("all")
    )
    outcome = ChoiceFilter(label=pgettext_lazy("call", "Said"), choices=CallOutcome.choices, empty_label=_("all"))
    q = CharFilter(label=_("Number of the report"), field_name="claim__number", lookup_expr="iexact", max_length=20)


class ReinspectionFilter(FilterSet):
    """Re-inspections by how they stand, why they were drawn, what was found, and the number of the report."""

    state = ChoiceFilter(
        label=pgettext_lazy("call", "Status"),
        field_name="status",
        choices=ReinspectionStatus.choices,
        empty_label=_("all"),
    )
    why = ChoiceFilter(
        label=pgettext_lazy("re-inspection", "Why drawn"), choices=ReinspectionWhy.choices, empty_label=_("all")
    )
    outcome = ChoiceFilter(
        label=pgettext_lazy("re-inspection", "Found"), choices=ReinspectionOutcome.choices, empty_label=_("all")
    )
    q = CharFilter(
        label=_("Number of the report"), field_name="award__claim__number", lookup_expr="iexact", max_length=20
    )


class LossNoticeFilter(FilterSet):
    """Notices of loss by how they stand and of which goods."""

    state = ChoiceFilter(
        label=pgettext_lazy("notice of loss", "Status"),
        field_name="status",
        choices=EarlyStatus.choices,
        empty_label=_("all"),
    )
    q = CharFilter(label=_("Produce"), method="of_produce", max_length=40)

    def of_produce(self, rows: QuerySet[LossNotice], _name: str, text: str) -> QuerySet[LossNotice]:
        """Keep the notices of this produce, in store or in the field."""
        return rows.filter(Q(listing__produce__name__icontains=text) | Q(plot_season__produce__name__icontains=text))


class LateFilter(FilterSet):
    """Relief that is late by whether it is at the bank, and by the number of its report."""

    at_bank = BooleanFilter(label=pgettext_lazy("late relief", "At the bank, no answer"))
    q = CharFilter(label=_("Number of the report"), field_name="claim__number", lookup_expr="iexact", max_length=20)


class AppealFilter(FilterSet):
    """Appeals by how they stand, and by the number of the refused report."""

    state = ChoiceFilter(
        label=pgettext_lazy("appeal", "Status"), field_name="status", choices=AppealStatus.choices, empty_label=_("all")
    )
    q = CharFilter(label=_("Number of the report"), field_name="claim__number", lookup_expr="iexact", max_length=20)
