"""The Celery application. Its settings are those of Django that begin with CELERY_."""

import os

from celery import Celery

from rmsreview import folder_queue  # noqa: F401  (its address is one that settings may name)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rmsreview.settings")

app = Celery("rmsreview")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
