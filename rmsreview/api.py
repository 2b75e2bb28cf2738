"""Every door of the REST API."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from papers.api import schema  # noqa: F401 (it tells drf-spectacular of the house's tokens)
from papers.api.candidates import CandidateViewSet
from papers.api.evidence import MapViewSet
from papers.api.imports import ImportViewSet
from papers.api.library import AuthorViewSet, ChangeViewSet, JournalViewSet
from papers.api.nowhere import nowhere
from papers.api.papers import PaperViewSet
from papers.api.searches import PullViewSet, SearchViewSet
from papers.api.suggestions import SuggestionViewSet
from papers.api.tags import TagViewSet
from papers.api.vocabulary import (
    DrugViewSet,
    RegimenViewSet,
    SettingViewSet,
    StudyDesignViewSet,
    TherapyClassViewSet,
)

router = SimpleRouter(use_regex_path=False)
router.register("papers", PaperViewSet, "paper")
router.register("map", MapViewSet, "map")
router.register("authors", AuthorViewSet, "author")
router.register("journals", JournalViewSet, "journal")
router.register("therapy-classes", TherapyClassViewSet, "therapy-class")
router.register("drugs", DrugViewSet, "drug")
router.register("regimens", RegimenViewSet, "regimen")
router.register("settings", SettingViewSet, "setting")
router.register("study-designs", StudyDesignViewSet, "study-design")
router.register("tags", TagViewSet, "tag")
router.register("suggestions", SuggestionViewSet, "suggestion")
router.register("searches", SearchViewSet, "search")
router.register("pulls", PullViewSet, "pull")
router.register("candidates", CandidateViewSet, "candidate")
router.register("imports", ImportViewSet, "import")
router.register("changes", ChangeViewSet, "change")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", template_name="api/docs.html"),
        name="api-docs",
    ),
    path("", include((router.urls, "api"))),
    # Any other address, line breaks and all, so that its answer is JSON too.
    re_path(r"^(?P<address>[\s\S]*/)\Z", nowhere, name="api-nowhere"),
]
