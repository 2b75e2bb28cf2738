"""Pages of the API's lists."""

from rest_framework import pagination


class PageNumberPagination(pagination.PageNumberPagination):
    """25 rows a page, up to 200 with ``page_size``."""

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 200
