from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PapersConfig(AppConfig):
    name = "papers"
    verbose_name = "Library"

    def ready(self) -> None:
        from papers.services.roles import sync_roles

        # The one signal of the house: permissions exist only after Django's own receiver of it.
        post_migrate.connect(sync_roles, dispatch_uid="papers.sync_roles")
