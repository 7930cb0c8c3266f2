"""How lists of the API are cut: by a cursor, so that a page never shifts under the reader."""

from rest_framework.pagination import CursorPagination


class KeysetPages(CursorPagination):
    """Newest first, 50 rows a page, at most 200."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
