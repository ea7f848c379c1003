from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "sapar.partners"

    def ready(self) -> None:
        from sapar.partners import listeners  # noqa: F401 — registers itself once the apps are loaded
