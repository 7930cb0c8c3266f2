"""What grievances may be narrowed to; page and API ask the same."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet

from accounts.models import WAITING_GRIEVANCES, Grievance

VIEWS = [
    ("waiting", pgettext_lazy("grievances", "Not answered yet")),
    ("ended", pgettext_lazy("grievances", "Ended")),
]


class GrievanceFilter(FilterSet):
    """Grievances that wait or have ended, of one kind, or the one with this number."""

    view = ChoiceFilter(label=_("Which ones"), choices=VIEWS, method="stands", empty_label=_("all"))
    category = ChoiceFilter(label=_("What it is about"), choices=Grievance.Category.choices, empty_label=_("all"))
    number = CharFilter(label=_("Number"), lookup_expr="istartswith", max_length=32)

    def stands(self, rows: QuerySet[Grievance], _name: str, view: str) -> QuerySet[Grievance]:
        """Keep what waits, or what has ended."""
        if view == "waiting":
            return rows.filter(status__in=WAITING_GRIEVANCES)
        return rows.exclude(status__in=WAITING_GRIEVANCES)
