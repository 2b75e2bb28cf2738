"""What workers do: thin doors to services. Messages carry only the id of a job."""

from __future__ import annotations

import logging

from celery import shared_task

from papers.models import Import, Pull
from papers.services import classifying, imports, jobs, pulls, searches, suggesting

logger = logging.getLogger(__name__)


@shared_task
def run_import(import_id: int) -> None:
    """Work on one import; a second message for the same job finds nothing to do."""
    imports.run_import(import_id)
    suggest_for_papers.delay()


@shared_task
def run_pull(pull_id: int) -> None:
    """Work on one pull; a second message for the same job finds nothing to do."""
    pulls.run_pull(pull_id)
    suggest_for_papers.delay()


@shared_task
def sweep_jobs() -> None:
    """Send abandoned jobs to the workers again, and pulls whose time to try again has come."""
    for job in jobs.requeue_abandoned(Import):
        logger.warning("import %s was abandoned after piece %s; resuming", job.pk, job.position)
        run_import.delay(job.pk)
    for pull in jobs.requeue_abandoned(Pull):
        logger.warning("pull %s was abandoned after batch %s; resuming", pull.pk, pull.position)
        run_pull.delay(pull.pk)
    for pull in pulls.wake_waiting():
        run_pull.delay(pull.pk)


@shared_task
def start_due_searches() -> None:
    """Run the living searches whose time has come."""
    for pull in searches.start_due():
        run_pull.delay(pull.pk)


@shared_task
def suggest_for_papers() -> None:
    """Let the rules read the papers that await it: new ones, changed ones, all after a new version.

    Imports and pulls send it when they end; the timetable does, for whatever else awaits.
    """
    read = sum(1 for _ in suggesting.read_awaiting(limit=suggesting.MOST_A_TURN))
    if read:
        logger.info("the rules read %s papers", read)


@shared_task
def learn_from_tags() -> None:
    """Train the classifier when enough papers got a word of a person since the last time.

    After a new version every paper awaits to be read again.
    """
    classifier = classifying.train_if_due()
    if classifier:
        logger.info("%s learnt from %s papers", classifier, classifier.papers)
