from django.apps import AppConfig


class InteropConfig(AppConfig):
    name = "sapar.interop"

    def ready(self) -> None:
        from sapar.interop import listeners  # noqa: F401 — registers itself once the apps are loaded
