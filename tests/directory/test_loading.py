"""Filling the directory from registers."""

from __future__ import annotations

import pytest

from sapar.directory.models import Organisation, OrganisationIdentifier
from sapar.directory.services.loading import join_identifiers, load_institutions, load_shipped
from sapar.directory.states import NameKind
from sapar.formats.registries import Institution

pytestmark = pytest.mark.django_db

ANKARA = Institution(
    name="Ankara University", country="TR", city="Ankara", website="https://www.ankara.edu.tr",
    labels={"tr": "Ankara Üniversitesi"}, acronyms=("AÜ",), identifiers={"ror": "01wntqw50"},
)  # fmt: skip


def names_of(organisation: Organisation, kind: NameKind) -> set[str]:
    return set(organisation.names.filter(kind=kind).values_list("name", flat=True))


def test_shipped_directory_holds_the_universities_of_central_asia() -> None:
    assert load_shipped().added >= 90
    by_country = {
        code: Organisation.objects.filter(country_code=code).count()
        for code in ("KG", "KZ", "UZ", "TJ", "TM")
    }
    assert min(by_country.values()) >= 9
    osh = Organisation.objects.get(name="Osh State University")
    assert "Ош мамлекеттик университети" in names_of(osh, NameKind.LABEL)
    assert "Osh State Pedagogical Institute" in names_of(osh, NameKind.FORMER)
    assert not Organisation.objects.exclude(office=None).exists()


def test_shipped_directory_loaded_twice_is_there_once() -> None:
    added = load_shipped().added
    again = load_shipped()
    assert (again.added, again.renewed) == (0, added)
    assert Organisation.objects.count() == added


def test_register_renews_what_the_shipped_directory_has() -> None:
    load_shipped()
    count = Organisation.objects.count()
    register = Institution(
        name="Osh State University", country="KG", city="Osh", website="https://www.oshsu.kg",
        aliases=("OshSU",), identifiers={"ror": "04t2ax770"}, latitude=40.5, longitude=72.8,
    )  # fmt: skip
    done = load_institutions([register, ANKARA], source="ror")
    assert (done.added, done.renewed) == (1, 1)
    assert Organisation.objects.count() == count + 1
    osh = OrganisationIdentifier.objects.get(value="04t2ax770").organisation
    assert (osh.source, osh.latitude) == ("ror", 40.5)
    assert "Ош мамлекеттик университети" in names_of(osh, NameKind.LABEL)


def test_name_that_the_register_replaced_is_a_former_name() -> None:
    load_institutions([ANKARA], source="ror")
    renamed = Institution(name="University of Ankara", country="TR", identifiers={"ror": "01wntqw50"})
    load_institutions([renamed], source="ror")
    ankara = Organisation.objects.get()
    assert ankara.name == "University of Ankara"
    assert names_of(ankara, NameKind.FORMER) == {"Ankara University"}
    assert names_of(ankara, NameKind.LABEL) == {"Ankara Üniversitesi"}
    assert "ankara" in ankara.search.split()


def test_loading_the_same_again_changes_nothing() -> None:
    load_institutions([ANKARA], source="ror")
    before = (
        Organisation.objects.values().get(),
        set(Organisation.objects.get().names.values_list("pk", flat=True)),
    )
    load_institutions([ANKARA], source="ror")
    assert (
        Organisation.objects.values().get(),
        set(Organisation.objects.get().names.values_list("pk", flat=True)),
    ) == before


def charter(name: str, *, country: str = "TR", website: str = "", code: str = "TR ANKARA01") -> Institution:
    return Institution(
        name=name, country=country, website=website, identifiers={"erasmus": code, "pic": "999" + code[-2:]}
    )


def test_charter_codes_join_the_institution_that_is_surely_meant() -> None:
    load_institutions([ANKARA], source="ror")
    done = join_identifiers([charter("ANKARA UNIVERSITESI")], source="charter")
    assert (done.added, done.joined, done.unsure) == (0, 1, ())
    assert OrganisationIdentifier.objects.get(scheme="erasmus").organisation.name == "Ankara University"


def test_charter_joins_by_the_own_website_where_the_name_leaves_a_doubt() -> None:
    load_institutions([ANKARA], source="ror")
    legal = "ANKARA UNIVERSITESI ANKARA SAGLIK VE EGITIM VAKFI"
    assert join_identifiers([charter(legal)], source="charter").joined == 0
    assert join_identifiers([charter(legal, website="www.ankara.edu.tr")], source="charter").joined == 1


def test_charter_leaves_a_doubtful_institution_to_a_person() -> None:
    load_institutions([ANKARA], source="ror")
    done = join_identifiers([charter("ANKARA TEKNIK UNIVERSITESI")], source="charter")
    assert (done.added, done.joined) == (0, 0)
    assert done.unsure == ("ANKARA TEKNIK UNIVERSITESI (TR) ? Ankara University",)


def test_code_that_stands_at_another_name_is_not_trusted() -> None:
    wrong = Institution(
        name="Institute of Marine Genetics", country="TR", identifiers={"ror": "0x", "erasmus": "TR ANKARA01"}
    )
    load_institutions([ANKARA, wrong], source="ror")
    done = join_identifiers([charter("ANKARA UNIVERSITESI")], source="charter")
    assert (done.added, done.joined, len(done.unsure)) == (0, 0, 1)


def test_charter_adds_what_nothing_resembles_and_joins_by_known_codes() -> None:
    load_institutions([ANKARA], source="ror")
    assert (
        join_identifiers([charter("Kocaeli Sağlık Okulu", code="TR KOCAELI09")], source="charter").added == 1
    )
    again = join_identifiers([charter("Another Legal Name Inc.", code="TR KOCAELI09")], source="charter")
    assert (again.added, again.joined) == (0, 1)
