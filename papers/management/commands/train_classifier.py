"""``manage.py train_classifier``: learn from the team's tags now, and say how well it went."""

from __future__ import annotations

from typing import Any

from papers.agreement import Proportion
from papers.management.console import HouseCommand
from papers.models import Classifier
from papers.services import classifying


class Command(HouseCommand):
    help = (
        "Train the text classifier on the team's own tags, without waiting for the worker that does "
        "so when enough papers got a new word. Prints how each class did on papers that were held "
        "back, or how many tags are missing. The same tags are not learnt twice. Papers are read "
        "again by the workers, or by manage.py suggest."
    )

    def handle(self, **options: Any) -> None:
        new = classifying.train()
        in_use = new or Classifier.objects.defer("weights").first()
        missing = {each.slug: each.missing for each in classifying.standing() if each.missing}
        if options["json"]:
            self.print_json(
                {
                    "classifier": in_use.version if in_use else None,
                    "is_new": new is not None,
                    "papers": in_use.papers if in_use else 0,
                    "classes": in_use.figures if in_use else {},
                    "missing": missing,
                }
            )
            return
        self._tell(new, in_use)
        for slug, wanted in missing.items():
            self.stdout.write(f"{slug}: not learnt yet; needs {wanted}")

    def _tell(self, new: Classifier | None, in_use: Classifier | None) -> None:
        if new is None:
            before = f" {in_use} stays in use." if in_use else ""
            self.say(f"Nothing new to learn.{before}")
        if in_use is None:
            return
        self.stdout.write(f"{in_use}, learnt from {in_use.papers} papers")
        for slug, test in in_use.figures.items():
            if test["threshold"] is None:
                self.stdout.write(f"{slug}: not precise enough to propose anything")
                continue
            precision = Proportion(test["right"], test["proposed"])
            recall = Proportion(test["right"], test["confirmed"])
            self.stdout.write(f"{slug}: precision {precision}; recall {recall}")
