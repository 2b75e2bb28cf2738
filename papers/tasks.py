"""What workers do: thin doors to services. Messages carry only the id of a job."""

from __future__ import annotations

import logging

from celery import shared_task

from papers.services import imports

logger = logging.getLogger(__name__)


@shared_task
def run_import(import_id: int) -> None:
    """Work on one import; a second message for the same job finds nothing to do."""
    imports.run_import(import_id)


@shared_task
def sweep_jobs() -> None:
    """Send abandoned jobs to the workers again."""
    for job in imports.requeue_abandoned():
        logger.warning("import %s was abandoned after piece %s; resuming", job.pk, job.position)
        run_import.delay(job.pk)
