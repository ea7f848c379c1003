from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "sapar.accounts"

    def ready(self) -> None:
        from sapar.accounts import listeners  # noqa: F401 — registers itself once the apps are loaded
