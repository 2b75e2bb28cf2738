"""What stating something of papers did or would do, as the API reports it."""

from __future__ import annotations

from typing import Any

from papers.models import Tag
from papers.models.tag import slugs_of
from papers.records import TARGETS
from papers.services.tagging import UNTAGGED, Plan, Tagged


def report_of_plan(plan: Plan) -> dict[str, Any]:
    """What an act would do; nothing is written."""
    changes = [
        {
            "paper": change.paper_id,
            **slugs_of(change.target),
            "before": change.before,
            "after": change.after,
        }
        for change in plan.changes
    ]
    would = Tagged(None, len(changes), plan.unchanged, len(plan.paper_ids))
    return _report(would, changes, dry_run=True)


def report_of_act(done: Tagged) -> dict[str, Any]:
    """What an act did, as its rows say."""
    tags = Tag.objects.filter(batch=done.batch) if done.batch else Tag.objects.none()
    changes = [
        {
            "paper": tag.paper_id,
            **slugs_of(tag.target),
            "before": _as_said(tag.supersedes.state if tag.supersedes else UNTAGGED),
            "after": _as_said(tag.state),
        }
        for tag in tags.select_related(*TARGETS, "supersedes")
    ]
    return _report(done, changes, dry_run=False)


def _report(done: Tagged, changes: list[dict[str, Any]], *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "batch": done.batch,
        "papers": done.papers,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "changes": changes,
    }


def _as_said(state: str) -> str:
    return UNTAGGED if state == Tag.State.WITHDRAWN else state
