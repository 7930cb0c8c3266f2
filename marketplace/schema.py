"""The schema of the API, put together once in each language by a process: it takes half a second each time."""

from functools import cache
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator


class KeptSchema(SchemaGenerator):
    """The same schema for everybody, from memory but for the first time."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        """Return the schema in the language of this request; what is not public is put together each time."""
        return _kept(get_language()) if public else super().get_schema(request, public)


@cache
def _kept(_language: str | None) -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)
