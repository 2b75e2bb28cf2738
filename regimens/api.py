"""The vocabulary over the API, to read."""

from __future__ import annotations

from rest_framework.viewsets import ReadOnlyModelViewSet

from regimens.filters import (
    DrugFilter,
    RegimenFilter,
    SettingFilter,
    StudyDesignFilter,
    TherapyClassFilter,
)
from regimens.models import Drug, Regimen, Setting, StudyDesign, TherapyClass
from regimens.serializers import (
    DrugSerializer,
    RegimenSerializer,
    SettingSerializer,
    StudyDesignSerializer,
    TherapyClassSerializer,
)


class TherapyClassViewSet(ReadOnlyModelViewSet):
    """Therapy classes: the four, and their sub-classes."""

    queryset = TherapyClass.objects.for_reading()
    serializer_class = TherapyClassSerializer
    filterset_class = TherapyClassFilter
    lookup_field = "slug"
    is_public = True
    required_permissions = {
        "list": "regimens.view_therapyclass",
        "retrieve": "regimens.view_therapyclass",
    }


class DrugViewSet(ReadOnlyModelViewSet):
    """Drugs with the names under which the literature mentions them."""

    queryset = Drug.objects.for_reading()
    serializer_class = DrugSerializer
    filterset_class = DrugFilter
    lookup_field = "slug"
    is_public = True
    required_permissions = {"list": "regimens.view_drug", "retrieve": "regimens.view_drug"}


class RegimenViewSet(ReadOnlyModelViewSet):
    """Regimens with their phases, and the classes computed from their drugs."""

    queryset = Regimen.objects.for_reading()
    serializer_class = RegimenSerializer
    filterset_class = RegimenFilter
    lookup_field = "slug"
    is_public = True
    required_permissions = {"list": "regimens.view_regimen", "retrieve": "regimens.view_regimen"}


class SettingViewSet(ReadOnlyModelViewSet):
    """Settings: where in the course of the disease treatment stands."""

    queryset = Setting.objects.for_reading()
    serializer_class = SettingSerializer
    filterset_class = SettingFilter
    lookup_field = "slug"
    is_public = True
    required_permissions = {"list": "regimens.view_setting", "retrieve": "regimens.view_setting"}


class StudyDesignViewSet(ReadOnlyModelViewSet):
    """Study designs: randomised, a cohort, a review …"""

    queryset = StudyDesign.objects.all()
    serializer_class = StudyDesignSerializer
    filterset_class = StudyDesignFilter
    lookup_field = "slug"
    is_public = True
    required_permissions = {
        "list": "regimens.view_studydesign",
        "retrieve": "regimens.view_studydesign",
    }
