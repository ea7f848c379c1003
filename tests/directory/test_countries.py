"""Countries as people write them."""

from __future__ import annotations

import pytest

from sapar.directory.countries import country_code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Кыргызстан", "KG"), ("КР", "KG"), ("Киргизия", "KG"), ("Qirgʻiziston", "KG"), ("kg", "KG"), ("KGZ", "KG"),
        ("Қазақстан", "KZ"), ("ҚР", "KZ"), ("РК", "KZ"), ("Republic of Kazakhstan", "KZ"),
        ("O'zbekiston", "UZ"), ("Өзбекстан", "UZ"), ("РУз", "UZ"), ("Тоҷикистон", "TJ"), ("Түркмөнстан", "TM"),
        ("Türkiye", "TR"), ("Turkey", "TR"), ("Түркия", "TR"), ("ТУРЦИЯ ", "TR"),
        ("РФ", "RU"), ("Российская Федерация", "RU"), ("Орусия", "RU"), ("Ресей", "RU"),
        ("Германия", "DE"), ("Deutschland", "DE"), ("Almanya", "DE"), ("КНР", "CN"), ("Кытай", "CN"),
        ("Южная Корея", "KR"), ("Republic of Korea", "KR"), ("UK", "GB"), ("U.S.A.", "US"), ("АКШ", "US"),
        ("Czech Republic", "CZ"), ("Чехия", "CZ"), ("Нидерланды", "NL"), ("Үндістан", "IN"),
        ("Atlantis", ""), ("", ""), ("Europe", ""), ("EU", ""), ("12", ""),
    ],
)  # fmt: skip
def test_country_is_recognised(written: str, code: str) -> None:
    assert country_code(written) == code
