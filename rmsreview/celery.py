"""The Celery application. Its settings are those of Django that begin with CELERY_."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rmsreview.settings")

app = Celery("rmsreview")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
