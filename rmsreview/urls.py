"""Every door of the house."""

from django.contrib import admin
from django.urls import include, path

from papers.views.dashboard import dashboard
from rmsreview import views

urlpatterns = [
    # Outside the app's namespace: the whole house calls its first page "home".
    path("", dashboard, name="home"),
    path("", include("papers.urls")),
    path("", include("regimens.urls")),
    path("account/mfa/", include("allauth.mfa.urls")),
    path("account/", include("allauth.account.urls")),
    path("api/v1/", include("rmsreview.api")),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
