"""What the registers of canteens and funds may be narrowed to; page, spreadsheet and API ask the same."""

from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, NumberFilter

from canteens.models import Canteen, Fund, FundKind


class CanteenFilter(FilterSet):
    """Canteens by a part of the buyer's name, and by how they are run."""

    q = CharFilter(label=_("Buyer"), field_name="organisation__name", lookup_expr="icontains", max_length=40)
    mode = ChoiceFilter(label=_("How people eat"), choices=Canteen.Mode.choices, empty_label=_("all"))

    class Meta:
        """No column is a filter by itself."""

        model = Canteen
        fields: list[str] = []


class FundFilter(FilterSet):
    """Funds by a part of the buyer's name, by kind and by year."""

    q = CharFilter(label=_("Buyer"), field_name="organisation__name", lookup_expr="icontains", max_length=40)
    kind = ChoiceFilter(label=_("Kind of fund"), choices=FundKind.choices, empty_label=_("all"))
    year = NumberFilter(label=_("Fiscal year"), field_name="fiscal_year", min_value=2020, max_value=2100)

    class Meta:
        """No column is a filter by itself."""

        model = Fund
        fields: list[str] = []
