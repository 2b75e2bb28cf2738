"""The project: settings, URLs, workers. Imports the apps; nothing imports it."""

from rmsreview.celery import app as celery_app

__all__ = ["celery_app"]
