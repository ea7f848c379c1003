from django.apps import AppConfig


class MobilityConfig(AppConfig):
    name = "sapar.mobility"

    def ready(self) -> None:
        from sapar.mobility import listeners  # noqa: F401 — registers itself once the apps are loaded
