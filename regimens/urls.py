"""The vocabulary's pages."""

app_name = "regimens"
urlpatterns: list = []
