from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "sapar.audit"

    def ready(self) -> None:
        from sapar.audit import listeners  # noqa: F401 — registers itself once the apps are loaded
