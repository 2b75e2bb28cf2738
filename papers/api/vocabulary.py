"""The vocabulary's lists, with the streams that all lists of the API have."""

from papers.api.lists import StreamedList
from regimens import api


class TherapyClassViewSet(StreamedList, api.TherapyClassViewSet):
    """Therapy classes: the four, and their sub-classes."""


class DrugViewSet(StreamedList, api.DrugViewSet):
    """Drugs with the names under which the literature mentions them."""


class RegimenViewSet(StreamedList, api.RegimenViewSet):
    """Regimens with their phases, and the classes computed from their drugs."""


class SettingViewSet(StreamedList, api.SettingViewSet):
    """Settings: where in the course of the disease treatment stands."""


class StudyDesignViewSet(StreamedList, api.StudyDesignViewSet):
    """Study designs: randomised, a cohort, a review …"""
