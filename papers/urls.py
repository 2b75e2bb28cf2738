"""The library's pages."""

from django.urls import path

from papers.views import about, authors, dashboard, imports, jobs, journals, theme

app_name = "papers"
urlpatterns: list = [
    path("imports/", imports.import_list, name="import_list"),
    path("imports/upload/", imports.upload, name="import_upload"),
    path("imports/<int:pk>/", imports.import_detail, name="import"),
    path("imports/<int:pk>/cancel/", imports.cancel, name="import_cancel"),
    path("imports/<int:pk>/resume/", imports.resume, name="import_resume"),
    path("imports/<int:pk>/rejected/", imports.rejected, name="import_rejected"),
    path("jobs/", jobs.job_list, name="job_list"),
    path("theme/", theme.choose_theme, name="theme"),
    path("about/", about.about, name="about"),
    path("charts/classes-by-year.<str:extension>", dashboard.classes_by_year, name="chart"),
    path("authors/", authors.author_list, name="author_list"),
    path("authors/<int:author_id>/", authors.author, name="author"),
    path("journals/", journals.journal_list, name="journal_list"),
    path("journals/<int:journal_id>/", journals.journal, name="journal"),
]
