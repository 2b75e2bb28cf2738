"""The library's pages."""

from django.urls import path

from papers.views import (
    about,
    authors,
    dashboard,
    export,
    imports,
    jobs,
    journals,
    library,
    panel,
    paper,
    tagging,
    theme,
    tokens,
)

app_name = "papers"
urlpatterns: list = [
    path("papers/", library.library, name="library"),
    path("papers/bulk/", tagging.bulk, name="bulk"),
    path("papers/undo/", tagging.undo, name="undo"),
    path("papers/panel/", panel.panel, name="panel"),
    path("papers/<int:pk>/", paper.paper, name="paper"),
    path("papers/<int:pk>/tags/", paper.tag, name="paper_tag"),
    path("papers/<int:pk>/correct/<slug:field>/", paper.correct, name="correct"),
    path("papers/<int:pk>/release/<slug:field>/", paper.release, name="release"),
    path("papers/<int:pk>/dismiss/<slug:field>/", paper.dismiss, name="dismiss"),
    path("papers/<int:pk>/sources/<int:record>/", paper.source, name="source"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/upload/", imports.upload, name="import_upload"),
    path("imports/<int:pk>/", imports.import_detail, name="import"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="import_cancel"),
    path("imports/<int:pk>/resume/", imports.resume, name="import_resume"),
    path("imports/<int:pk>/rejected/", imports.rejected, name="import_rejected"),
    path("papers/export/", export.export, name="export"),
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/revoke/", tokens.token_revoke, name="token_revoke"),
    path("jobs/", jobs.job_list, name="job_list"),
    path("theme/", theme.choose_theme, name="theme"),
    path("about/", about.about, name="about"),
    path("charts/classes-by-year.<str:extension>", dashboard.classes_by_year, name="chart"),
    path("authors/", authors.author_list, name="author_list"),
    path("authors/<int:author_id>/", authors.author, name="author"),
    path("journals/", journals.journal_list, name="journal_list"),
    path("journals/<int:journal_id>/", journals.journal, name="journal"),
]
