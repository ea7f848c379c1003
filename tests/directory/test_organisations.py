"""Organisations: added, merged, separated; what may be twice."""

from __future__ import annotations

import pytest

from sapar.accounts.models import Office
from sapar.accounts.states import Role
from sapar.core.errors import NotAllowed
from sapar.directory.errors import AlreadyMerged, IdentifierTaken, MergeIntoItself, NotMerged
from sapar.directory.matching import duplicates_of, index_of, records_seen_by
from sapar.directory.models import Organisation
from sapar.directory.queries import heir_of, organisation_filter, organisations_seen_by
from sapar.directory.services.organisations import (
    NameEntry,
    add_organisation,
    merge_organisation,
    separate_organisation,
)
from sapar.directory.states import NameKind, Scheme
from tests.cast import NOW, Cast, grant


def add(cast: Cast, name: str, *names: str, country: str = "KG", ror: str = "") -> Organisation:
    return add_organisation(
        office=cast.office, name=name, country_code=country, city="Osh",
        names=[NameEntry(NameKind.ALIAS, alias) for alias in names],
        identifiers={Scheme.ROR: ror} if ror else {}, by=cast.officer, at=NOW,
    )  # fmt: skip


def shared(cast: Cast, name: str) -> Organisation:
    organisation = add(cast, name)
    Organisation.objects.filter(pk=organisation.pk).update(office=None)
    organisation.refresh_from_db()
    return organisation


def test_identifier_belongs_to_one_organisation(cast: Cast) -> None:
    add(cast, "Osh State University", ror="04t2ax770")
    with pytest.raises(IdentifierTaken, match="Osh State University"):
        add(cast, "Another", ror="04t2ax770")


def named(office: Office, text: str) -> set[Organisation]:
    return set(organisations_seen_by(office).filter(organisation_filter(text, office=office)))


def test_merged_organisation_points_to_its_heir_and_comes_back(cast: Cast) -> None:
    heir, duplicate = shared(cast, "Osh State University"), add(cast, "Karasuu Institute")
    merge_organisation(duplicate, into=heir, by=cast.officer, at=NOW)
    duplicate.refresh_from_db()
    assert heir_of(duplicate) == heir
    assert named(cast.office, "карасуу") == {heir}
    assert named(cast.other_office, "карасуу") == set()
    separate_organisation(duplicate, by=cast.officer, at=NOW)
    assert named(cast.office, "карасуу") == {duplicate}
    assert named(cast.office, "osh state") == {heir}


def test_merging_in_a_circle_or_twice_is_refused(cast: Cast) -> None:
    first, second, third = (add(cast, f"University {word}") for word in ("One", "Two", "Three"))
    merge_organisation(first, into=second, by=cast.officer, at=NOW)
    with pytest.raises(MergeIntoItself):
        merge_organisation(second, into=first, by=cast.officer, at=NOW)
    with pytest.raises(AlreadyMerged):
        merge_organisation(first, into=third, by=cast.officer, at=NOW)
    with pytest.raises(NotMerged):
        separate_organisation(third, by=cast.officer, at=NOW)


def test_only_the_office_that_added_it_merges_an_organisation(cast: Cast) -> None:
    heir, own = shared(cast, "Osh State University"), add(cast, "Osh State Univercity")
    for user in (cast.other_officer, cast.reader, cast.coordinator, cast.nobody):
        with pytest.raises(NotAllowed):
            merge_organisation(own, into=heir, by=user, at=NOW)
    with pytest.raises(NotAllowed):
        merge_organisation(heir, into=own, by=cast.officer, at=NOW)


def test_nothing_is_merged_into_what_belongs_to_another_office(cast: Cast) -> None:
    own, foreign = add(cast, "Osh State Univercity"), add(cast, "Foreign Secret Academy")
    Organisation.objects.filter(pk=foreign.pk).update(office=cast.other_office)
    grant(cast.officer, cast.other_office, Role.OFFICER)
    with pytest.raises(NotAllowed):
        merge_organisation(own, into=foreign, by=cast.officer, at=NOW)
    own.refresh_from_db()
    assert own.merged_into is None


def test_second_entries_are_found_in_the_directory_and_among_ones_own(cast: Cast) -> None:
    heir = shared(cast, "Osh State University")
    first = add(cast, "Osh State Univercity")
    second = add(cast, "Tamga Business Academy", "Тамгинская бизнес-академия")
    third = add(cast, "Тамгинская бизнес академия")
    alone = add(cast, "Institute of Nothing Else")
    found = {each.organisation: [int(one.key) for one in each.candidates]
             for each in duplicates_of([first, second, third, alone], cast.office)}  # fmt: skip
    assert found == {first: [heir.pk], second: [third.pk], third: [second.pk]}


def test_matching_sees_names_of_merged_ones_but_never_those_of_another_office(cast: Cast) -> None:
    heir = shared(cast, "Osh State University")
    foreign = add_organisation(
        office=cast.other_office, name="Foreign Secret Name", country_code="KG", by=cast.other_officer, at=NOW
    )
    merge_organisation(foreign, into=heir, by=cast.other_officer, at=NOW)
    merge_organisation(add(cast, "Our Own Name"), into=heir, by=cast.officer, at=NOW)
    names = {record.key: record.names for record in records_seen_by(cast.office)}[str(heir.pk)]
    assert set(names) == {"Osh State University", "Our Own Name"}


def test_index_is_made_once_for_one_version_of_the_directory(cast: Cast) -> None:
    shared(cast, "Osh State University")
    first = index_of(records_seen_by(cast.office))
    assert index_of(records_seen_by(cast.office)) is first
    shared(cast, "Naryn State University")
    assert index_of(records_seen_by(cast.office)) is not first
    assert index_of([]) is None
