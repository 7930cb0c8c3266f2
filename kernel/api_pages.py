"""How lists of the API are cut: by a cursor, so that a page never shifts under the reader. Knows DRF, as api_fields."""

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import FilterSet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class KeysetPages(CursorPagination):
    """Newest first, 50 rows a page, at most 200."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class InTurn(KeysetPages):
    """The parts of one document, in the order in which they were written down."""

    ordering = "pk"


_KNOWN = "narrowed_by"  # on a request, the parameters by which its list was narrowed
PAGING = [
    OpenApiParameter("cursor", str, description="From the `next` or `previous` of another page."),
    OpenApiParameter("page_size", int, description="Rows a page, at most 200; 50 unless said."),
]


def parameters_of(kind: type[FilterSet]) -> list[OpenApiParameter]:
    """Return what a list may be narrowed to, as the schema shows it."""
    return [
        OpenApiParameter(
            name, str, enum=[value for value, _label in one.extra["choices"]] if "choices" in one.extra else None
        )
        for name, one in kind.base_filters.items()
    ]


def narrowed_for_program(
    request: Request, kind: Callable[..., FilterSet], rows: QuerySet[Any], *, beside: Collection[str] = ()
) -> QuerySet[Any]:
    """Return rows narrowed by the parameters of a request; refuse one that is not known, or cannot be read.

    Those named `beside` are known and narrow nothing.
    """
    limits = kind(request.query_params, queryset=rows, request=request)
    require_known(request, {*limits.filters, *beside})
    setattr(request, _KNOWN, {*limits.filters, *beside})
    if not limits.is_valid():
        raise ValidationError(limits.form.errors)
    return limits.qs


def require_known(request: Request, known: Collection[str] = ()) -> None:
    """Refuse a parameter that a list does not know: mistyped, it would be answered with all rows, as if meant."""
    strange = sorted(set(request.query_params) - {*known, *(one.name for one in PAGING), "format"})
    if strange:
        raise ValidationError({name: [_("This list is not narrowed by that.")] for name in strange})


class PageOut(serializers.Serializer):
    """One page of a list; add `results`."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


def answer_page(
    rows: QuerySet,
    shape: type[serializers.Serializer],
    *,
    request: Request,
    view: APIView,
    pages: type[KeysetPages] = KeysetPages,
    known: Collection[str] = (),
) -> Response:
    """Answer with the page of rows that was asked for: `results`, and the addresses of the `next` and `previous`.

    A list that is narrowed by hand names the parameters that it has read as `known`.
    """
    require_known(request, getattr(request, _KNOWN, known))
    cutter = pages()
    page: list[Any] | None = cutter.paginate_queryset(rows, request, view=view)
    return cutter.get_paginated_response(shape(page, many=True, context={"request": request}).data)
