"""The library's pages."""

from django.urls import path

from papers.views import theme

app_name = "papers"
urlpatterns: list = [
    path("theme/", theme.choose_theme, name="theme"),
]
