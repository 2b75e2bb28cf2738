"""The vocabulary's pages."""

from django.urls import path

from regimens.views import drugs, regimens, therapy_classes

app_name = "regimens"
urlpatterns = [
    path("regimens/", regimens.regimen_list, name="regimen_list"),
    path("regimens/<slug:slug>/", regimens.regimen, name="regimen"),
    path("drugs/", drugs.drug_list, name="drug_list"),
    path("drugs/<slug:slug>/", drugs.drug, name="drug"),
    path("therapy-classes/", therapy_classes.therapy_class_list, name="therapy_class_list"),
    path("therapy-classes/<slug:slug>/", therapy_classes.therapy_class, name="therapy_class"),
]
