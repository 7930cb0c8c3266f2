"""What the dictionary may be narrowed to; the public list and the desk ask the same."""

from django.db.models import Case, QuerySet, When
from django_filters import CharFilter, FilterSet

from produce.models import Produce
from produce.selectors import dictionary


class ProduceFilter(FilterSet):
    """Entries found by a name, another name, pinyin or initials, the best first; nothing typed narrows nothing."""

    q = CharFilter(method="named")

    class Meta:
        """No column of an entry is a filter by itself."""

        model = Produce
        fields: list[str] = []

    def named(self, entries: QuerySet[Produce], _name: str, text: str) -> QuerySet[Produce]:
        """Return the entries meant by what somebody typed, the best first."""
        ids = [word.id for word in dictionary.matches(text)]
        ranks = [When(pk=pk, then=rank) for rank, pk in enumerate(ids)]
        return entries.filter(pk__in=ids).order_by(Case(*ranks)) if ids else entries.none()
