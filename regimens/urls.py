"""The vocabulary's pages."""

from django.urls import path

app_name = "regimens"
urlpatterns: list[path] = []
