"""Institutions: the right one, and never a wrong one without a person."""

from __future__ import annotations

import json
import random
from dataclasses import asdict

import pytest

from sapar.methods.errors import MethodError
from sapar.methods.names import Candidate, InstitutionIndex, InstitutionQuery, InstitutionRecord, host


def record(key: str, *names: str, country: str = "KG", city: str = "", acronyms: tuple[str, ...] = (),
           domains: tuple[str, ...] = ()) -> InstitutionRecord:  # fmt: skip
    return InstitutionRecord(
        key=key, names=names, country=country, city=city, acronyms=acronyms, domains=domains
    )


DIRECTORY = [
    record("osh", "Osh State University", "Ошский государственный университет", "Ош мамлекеттик университети",
           city="Osh", acronyms=("OshSU", "ОшГУ"), domains=("https://www.oshsu.kg",)),
    record("oshtech", "Osh Technological University", city="Osh", acronyms=("OshTU",), domains=("oshtu.kg",)),
    record("knu", "Kyrgyz National University named after Jusup Balasagyn", "КНУ имени Жусупа Баласагына",
           "Кыргызский национальный университет имени Жусупа Баласагына", city="Bishkek", acronyms=("KNU", "КНУ")),
    record("alatoo", "Ala-Too International University", city="Bishkek", acronyms=("AIU",)),
    record("bsu-by", "Belarusian State University", country="BY", city="Minsk", acronyms=("BSU",)),
    record("bsu-uz", "Bukhara State University", "Buxoro davlat universiteti", country="UZ", city="Bukhara",
           acronyms=("BSU",)),
    record("tuit", "Tashkent University of Information Technologies", "Toshkent axborot texnologiyalari universiteti",
           country="UZ", city="Tashkent", domains=("tuit.uz",)),
    record("samtuit", "Samarkand branch of Tashkent University of Information Technologies", country="UZ",
           city="Samarkand", domains=("samtuit.uz",)),
    record("kaznu", "Al-Farabi Kazakh National University", "Казахский национальный университет имени аль-Фараби",
           country="KZ", city="Almaty", acronyms=("KazNU",)),
    record("tsue", "Tashkent State University of Economics", country="UZ", city="Tashkent", domains=("tsue.uz",)),
    record("nit-a", "National Institute of Technology Durgapur", "National Institute of Technology", country="IN",
           city="Durgapur"),
    record("nit-b", "National Institute of Technology Hamirpur", "National Institute of Technology", country="IN",
           city="Hamirpur"),
    record("usc", "University of Southern California", country="US", city="Los Angeles"),
    record("warsaw", "University of Warsaw", "Uniwersytet Warszawski", country="PL", city="Warsaw"),
    record("itu", "Istanbul Technical University", "İstanbul Teknik Üniversitesi", country="TR", city="Istanbul"),
]  # fmt: skip
INDEX = InstitutionIndex(DIRECTORY)


def best(name: str, country: str = "", city: str = "", *domains: str) -> Candidate:
    return INDEX.match(InstitutionQuery(name=name, country=country, city=city, domains=domains))[0]


def codes(candidate: Candidate) -> set[str]:
    return {reason.code for reason in candidate.reasons}


@pytest.mark.parametrize(
    ("name", "country", "key"),
    [
        ("Ошский гос. университет", "KG", "osh"),
        ("Ош мамлекеттик университети", "KG", "osh"),
        ("Oshskij gosudarstvennyj universitet", "KG", "osh"),
        ("OSH STATE UNIVERSITY (OshSU)", "KG", "osh"),
        ("Osh State Univ.", "KG", "osh"),
        ("Ошский госуниверситет / Osh State University", "KG", "osh"),
        ("Кыргызский национальный ун-т", "KG", "knu"),
        ("Кыргызский национальный университет им. Ж.Баласагына", "KG", "knu"),
        ("Ala Too International Univercity", "KG", "alatoo"),
        ("Alatoo Intl. University, Bishkek", "KG", "alatoo"),
        ("Тошкент ахборот технологиялари университети", "UZ", "tuit"),
        ("Бухарский государственный университет", "UZ", "bsu-uz"),
        ("Казахский национальный университет им. аль-Фараби", "KZ", "kaznu"),
        ("Варшавский университет", "PL", "warsaw"),
        ("Стамбульский технический университет", "TR", "itu"),
        ("Istanbul Texnik Universiteti", "TR", "itu"),
    ],
)
def test_a_line_is_recognised_across_scripts_languages_and_abbreviations(
    name: str, country: str, key: str
) -> None:
    found = best(name, country)
    assert (found.key, found.decision) == (key, "same"), found


@pytest.mark.parametrize(
    ("name", "country", "city", "code"),
    [
        ("Osh State Medical University", "KG", "", "names.words_left_over"),
        ("Osh State University", "KZ", "", "names.country_differs"),
        ("Osh State University", "KG", "Talas", "names.city_differs"),
        ("Osh State Institute", "KG", "", "names.kind_differs"),
        ("Faculty of Medicine, Osh State University", "KG", "", "names.part_of_another"),
        (
            "Нукусский филиал Ташкентского университета информационных технологий",
            "UZ",
            "",
            "names.words_left_over",
        ),
        ("Kyrgyz National University named after I. Arabaev", "KG", "", "names.named_after_differs"),
        ("National Institute of Technology", "IN", "", "names.ambiguous"),
        ("Tashkent State University", "UZ", "", "names.words_left_over"),
        ("BSU", "", "", "names.acronym_only"),
        ("ОшГУ", "KG", "", "names.acronym_only"),
        ("California Southern University", "US", "", "names.words_reordered"),
        ("University of Warsaw", "", "", "names.too_general"),
    ],
)
def test_what_speaks_against_is_named_and_left_to_a_person(
    name: str, country: str, city: str, code: str
) -> None:
    found = best(name, country, city)
    assert found.decision == "perhaps"
    assert code in codes(found)


def facts(candidate: Candidate, code: str) -> list[dict[str, object]]:
    return [dict(reason.facts) for reason in candidate.reasons if reason.code == code]


@pytest.mark.parametrize(
    ("name", "country", "code", "said"),
    [
        ("Ошский гос. университет", "KG", "names.words_agree", {"words": "Ошский гос университет"}),
        (
            "Ошский госуниверситет",
            "KG",
            "names.words_agree",
            {"words": "Ошский государственный университет"},
        ),
        ("Ош мамлекеттик университети", "KG", "names.words_agree", {"words": "Ош мамлекеттик университети"}),
        ("Ala Too Intl. University", "KG", "names.words_agree", {"words": "Ala Too Intl University"}),
        (
            "Ala Too International Univercity",
            "KG",
            "names.spelt_differently",
            {"given": "Univercity", "known": "University", "similarity": 0.9},
        ),
        (
            "Институт Боспхорус, Стамбульский технический университет",
            "TR",
            "names.words_left_over",
            {"given": "Институт Боспхорус", "known": ""},
        ),
        (
            "Tashkent University",
            "UZ",
            "names.words_left_over",
            {"given": "", "known": "axborot texnologiyalari"},
        ),
        (
            "Кыргызский национальный университет",
            "KG",
            "names.words_explained",
            {"words": "Жусупа Баласагына"},
        ),
        ("ОшГУ", "KG", "names.acronym_agrees", {"acronym": "ОшГУ"}),
        ("Osh State University (O.S.U., OshSU)", "KG", "names.acronym_agrees", {"acronym": "OshSU"}),
    ],
)
def test_reasons_show_the_words_as_they_are_written(
    name: str, country: str, code: str, said: dict[str, object]
) -> None:
    assert facts(best(name, country), code) == [said]


def test_city_and_domain_settle_what_the_name_leaves_open() -> None:
    assert best("National Institute of Technology", "IN", "Hamirpur").key == "nit-b"
    assert best("National Institute of Technology", "IN", "Hamirpur").decision == "same"
    assert best("ОшГУ", "KG", "", "info@oshsu.kg").decision == "same"
    assert best("University of Warsaw", "PL").decision == "same"


def test_a_domain_of_another_institution_stops_a_match_by_name() -> None:
    found = best("Osh State University", "KG", "", "www.oshtu.kg")
    assert found.decision != "same"


def test_only_one_candidate_is_the_same_and_scores_fall() -> None:
    for name in (
        "Osh State University",
        "Tashkent University",
        "BSU",
        "National Institute of Technology Durgapur",
    ):
        found = INDEX.match(InstitutionQuery(name=name, country="UZ"))
        assert [c.decision for c in found].count("same") <= 1
        scores = [c.score for c in found]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


def test_nothing_resembling_gives_no_candidate() -> None:
    for name in ("Xyzzy", "", "…", "№ 5"):
        assert INDEX.match(InstitutionQuery(name=name)) == []


def test_an_absent_institution_is_never_matched_by_itself() -> None:
    # Each institution in turn is taken out of the directory and asked for by all its names.
    for absent in DIRECTORY:
        rest = InstitutionIndex([known for known in DIRECTORY if known is not absent])
        for name in absent.names:
            if name == "National Institute of Technology":
                continue  # the very name of another one; only city or domain can tell
            for country in ("", absent.country):
                found = rest.match(InstitutionQuery(name=name, country=country))
                assert all(candidate.decision != "same" for candidate in found), (name, found)


def test_typing_errors_never_lead_to_another_institution() -> None:
    rng = random.Random(5)
    wrong = right = 0
    for known in DIRECTORY:
        for name in known.names:
            for _ in range(4):
                at = rng.randrange(1, len(name) - 1)
                typed = name[:at] + rng.choice([name[at + 1 :], name[at] * 2 + name[at + 1 :]])
                found = INDEX.match(InstitutionQuery(name=typed, country=known.country, city=known.city))
                right += bool(found) and found[0].key == known.key
                wrong += any(c.decision == "same" and c.key != known.key for c in found)
    assert wrong == 0
    assert right >= 0.95 * 4 * sum(len(known.names) for known in DIRECTORY)


def test_results_are_plain_data() -> None:
    text = json.dumps(asdict(best("Ошский гос. университет (ОшГУ)", "KG")), ensure_ascii=False)
    assert json.loads(text)["key"] == "osh"


def test_progress_ends_at_the_number_of_lines() -> None:
    heard: list[tuple[int, int]] = []
    INDEX.match_all(
        [InstitutionQuery(name="Osh")] * 120, progress=lambda done, total: heard.append((done, total))
    )
    assert heard == [(50, 120), (100, 120), (120, 120)]


def test_hosts_of_addresses() -> None:
    assert host("https://www.oshsu.kg/ru/") == "oshsu.kg"
    assert host(["Rector ", "rector@oshsu.kg"][1]) == "oshsu.kg"
    assert host("someone@gmail.com") == host("no address") == host("") == ""


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([], "names.no_records"),
        ([record("a", "Osh"), record("a", "Talas")], "names.duplicate_key"),
        ([record("a", "—")], "names.nameless_record"),
        ([record("a")], "names.nameless_record"),
    ],
)
def test_a_bad_directory_is_refused(records: list[InstitutionRecord], code: str) -> None:
    with pytest.raises(MethodError) as refused:
        InstitutionIndex(records)
    assert refused.value.code == code


def test_a_bad_limit_is_refused() -> None:
    with pytest.raises(MethodError) as refused:
        INDEX.match(InstitutionQuery(name="Osh"), limit=0)
    assert refused.value.code == "names.bad_limit"


def test_a_thousand_records_of_one_name_are_ambiguous() -> None:
    index = InstitutionIndex([record(str(at), "Osh State University", city="Osh") for at in range(1000)])
    found = index.match(InstitutionQuery(name="Osh State University", country="KG", city="Osh"))
    assert {candidate.decision for candidate in found} == {"perhaps"}


def test_all_faulty_records_of_a_directory_are_named() -> None:
    def record(key: str, name: str) -> InstitutionRecord:
        return InstitutionRecord(key=key, names=(name,))

    with pytest.raises(MethodError) as refused:
        InstitutionIndex([record(key, "Osh State University") for key in ("a", "b", "a", "c", "b")])
    assert (refused.value.code, refused.value.facts) == ("names.duplicate_key", {"keys": ("a", "b")})
    with pytest.raises(MethodError) as refused:
        InstitutionIndex([record("a", "—"), record("b", "Osh State University"), record("c", "")])
    assert (refused.value.code, refused.value.facts) == ("names.nameless_record", {"keys": ("a", "c")})


def test_names_that_differ_in_what_keys_fold_are_two_institutions() -> None:
    for known, other in (
        ("Shanxi University of Chinese Medicine", "Shaanxi University of Chinese Medicine"),
        ("IIIT Hyderabad", "IIT Hyderabad"),
        ("North Carolina A&T State University", "North Carolina State University"),
    ):
        for one, two in ((known, other), (other, known)):
            index = InstitutionIndex([record("known", one, country="")])
            assert index.match(InstitutionQuery(name=one))[0].decision == "same"
            found = index.match(InstitutionQuery(name=two))
            assert all(candidate.decision != "same" for candidate in found), (one, two)


@pytest.mark.parametrize(
    ("known", "given"),
    [
        ("Xinjiang Normal University", "Синьцзянский педагогический ун-т"),
        ("Xi'an Jiaotong University", "Сианьский университет Цзяотун"),
        ("Freie Universität Berlin", "Свободный университет Берлина"),
        ("University of Bologna", "Universita degli Studi di Bologna"),
        ("University of Geneva", "Женевский университет"),
        ("University of Lodz", "Лодзинский университет"),
        ("Hochschule Anhalt", "Университет прикладных наук Анхальт"),
        ("Masaryk University", "Masaryk Uni"),
        ("Tomsk Polytechnic University", "Томск. политех. ун-т"),
    ],
)
def test_names_as_central_asian_offices_write_them_are_recognised(known: str, given: str) -> None:
    index = InstitutionIndex([record("known", known, country="XX")])
    assert index.match(InstitutionQuery(name=given, country="XX"))[0].decision == "same"


def test_what_only_the_address_or_the_acronym_names_is_asked_and_not_taken_for_new() -> None:
    index = InstitutionIndex(
        [
            record("hse", "Higher School of Economics", country="RU", domains=("hse.ru",)),
            record("kstu", "Кыргызский государственный технический университет", acronyms=("КГТУ",)),
        ]
    )
    by_address = index.match(InstitutionQuery(name="НИУ ВШЭ, г. Москва", country="RU", domains=("hse.ru",)))
    assert [(one.key, one.decision) for one in by_address] == [("hse", "perhaps")]
    by_acronym = index.match(InstitutionQuery(name="КГТУ имени Раззакова", country="KG"))
    assert [(one.key, one.decision) for one in by_acronym] == [("kstu", "perhaps")]
    assert index.match(InstitutionQuery(name="КГТУ имени Раззакова", country="TR")) == []


def test_several_acronyms_in_one_bracket_are_none_of_the_name() -> None:
    index = InstitutionIndex([record("metu", "Middle East Technical University", country="TR")])
    query = InstitutionQuery(name="Middle East Tech. Univ. (ODTÜ/METU)", country="TR")
    assert index.match(query)[0].decision == "same"
