"""From an office's own list to partners and back."""

from __future__ import annotations

import pytest

from sapar.accounts.models import User
from sapar.audit.queries import timeline
from sapar.core.errors import DomainError, IllegalMove, NotAllowed
from sapar.core.queue import failed_tasks
from sapar.directory.matching import index_of, records_seen_by
from sapar.directory.models import Organisation
from sapar.directory.services.organisations import NameEntry, add_organisation, merge_organisation
from sapar.directory.states import NameKind, Scheme
from sapar.formats.tables import write_xlsx
from sapar.partners.errors import (
    CannotUndo,
    ChangedSinceImport,
    ColumnMissing,
    ColumnTwice,
    CountryMissing,
    ListUnreadable,
    NotACandidate,
    RowRejected,
    RowsUndecided,
)
from sapar.partners.import_tasks import compare, make_ready
from sapar.partners.models import Agreement, Contact, PartnerImport, PartnerImportRow, Partnership
from sapar.partners.queries.imports import counts_of, undecided_rows
from sapar.partners.services.agreements import AgreementEntry, draft_agreement
from sapar.partners.services.imports.bringing import bring_list, choose_columns, discard_list
from sapar.partners.services.imports.comparing import Comparison, compare_rows
from sapar.partners.services.imports.deciding import (
    add_as_new,
    choose_organisation,
    decide_rows,
    join_row,
    leave_out,
)
from sapar.partners.services.imports.taking import take_list
from sapar.partners.services.imports.undoing import undo_list
from sapar.partners.services.lists import read_list
from sapar.partners.services.partnerships import begin_partnership, change_partnership
from sapar.partners.states import AgreementKind, PartnershipState, RowDecision
from tests.cast import NOW, Cast
from tests.core.work import do_what_is_ready

COLUMNS = ["№", "Вуз-партнёр", "Страна", "Город", "Контактное лицо", "Эл. почта", "Год начала сотрудничества",
           "Вид документа", "Срок действия"]  # fmt: skip
ROWS = [
    [
        "1",
        "Ошский гос. университет",
        "КР",
        "Ош",
        "Айбек Асанов",
        "asanov@oshsu.example",
        "2019 г.",
        "Меморандум",
        "до 2027",
    ],
    ["2", "Ankara University", "Турция", "", "", "", "", "", ""],
    ["3", "ОшМУ", "Кыргызстан", "", "Нургүл Маматова", "mamatova@oshsu.example", "", "", ""],
    ["4", "Несуществующая академия гор", "Киргизия", "Нарын", "", "", "", "", ""],
    ["5", "НЕСУЩЕСТВУЮЩАЯ АКАДЕМИЯ ГОР", "КР", "Нарын", "", "", "", "", ""],
    ["6", "", "КР", "", "", "", "", "", ""],
    ["7", "Ош мамлекеттик университети", "Кыргызстан", "", "", "", "", "", ""],
]


def known(
    cast: Cast, name: str, country: str, *names: NameEntry, city: str = "", ror: str = ""
) -> Organisation:
    """An organisation of the shared directory."""
    organisation = add_organisation(
        office=cast.office, name=name, country_code=country, city=city, names=names,
        identifiers={Scheme.ROR: ror} if ror else {}, by=cast.officer, at=NOW,
    )  # fmt: skip
    Organisation.objects.filter(pk=organisation.pk).update(office=None)
    organisation.refresh_from_db()
    return organisation


@pytest.fixture
def osh(cast: Cast) -> Organisation:
    names = [
        NameEntry(NameKind.LABEL, "Ош мамлекеттик университети", "ky"),
        NameEntry(NameKind.LABEL, "Ошский государственный университет", "ru"),
        NameEntry(NameKind.ACRONYM, "ОшМУ", "ky"),
    ]
    return known(cast, "Osh State University", "KG", *names, city="Osh", ror="04t2ax770")


@pytest.fixture
def ankara(cast: Cast) -> Organisation:
    return known(cast, "Ankara University", "TR", city="Ankara")


def sheet(rows: list[list[str]] = ROWS, columns: list[str] = COLUMNS) -> bytes:
    return write_xlsx({"Партнеры": (columns, rows)})


def brought(cast: Cast, content: bytes | None = None) -> PartnerImport:
    return bring_list(content or sheet(), "partners.xlsx", office=cast.office, by=cast.officer, at=NOW)


def compared(cast: Cast, content: bytes | None = None) -> PartnerImport:
    batch = brought(cast, content)
    choose_columns(batch, batch.mapping, by=cast.officer, at=NOW)
    batch.refresh_from_db()
    return compare_rows(batch, at=NOW)


def row(batch: PartnerImport, number: int) -> PartnerImportRow:
    """By the number in the first column, which is one less than the row in the file."""
    return PartnerImportRow.objects.select_related("office", "organisation", "same_as").get(
        batch=batch, number=number + 1
    )


def test_columns_are_recognised_and_rows_compared(
    cast: Cast, osh: Organisation, ankara: Organisation
) -> None:
    batch = compared(cast)
    assert batch.mapping["name"] == "Вуз-партнёр"
    assert batch.mapping["since"] == "Год начала сотрудничества"
    assert (row(batch, 1).decision, row(batch, 1).organisation) == (RowDecision.MATCH, osh)
    assert (row(batch, 2).decision, row(batch, 2).organisation) == (RowDecision.MATCH, ankara)
    assert (row(batch, 3).decision, row(batch, 3).candidates[0]["organisation"]) == (RowDecision.ASK, osh.pk)
    assert (row(batch, 4).decision, row(batch, 4).same_as) == (RowDecision.NEW, None)
    assert row(batch, 5).same_as == row(batch, 4)
    assert row(batch, 6).problems == [{"column": "Вуз-партнёр", "value": "", "reason": "empty"}]
    assert row(batch, 7).organisation == osh
    counts = counts_of(batch)
    assert (counts.match, counts.new, counts.ask, counts.skip, counts.reject) == (3, 2, 1, 0, 1)
    assert (counts.joined, counts.partners) == (2, 3)


def test_mapping_is_remembered_for_lists_with_the_same_columns(cast: Cast, osh: Organisation) -> None:
    batch = brought(cast)
    choose_columns(batch, {"name": "Вуз-партнёр", "note": "Вид документа"}, by=cast.officer, at=NOW)
    again = brought(cast, sheet(ROWS[:1], [*reversed(COLUMNS[1:]), "№"]))
    assert again.mapping == {"name": "Вуз-партнёр", "note": "Вид документа"}


def test_choosing_columns_refuses_what_makes_no_sense(cast: Cast) -> None:
    batch = brought(cast)
    with pytest.raises(ColumnMissing):
        choose_columns(batch, {"country": "Страна"}, by=cast.officer, at=NOW)
    with pytest.raises(ColumnTwice):
        choose_columns(batch, {"name": "Страна", "country": "Страна"}, by=cast.officer, at=NOW)


def test_choosing_columns_enqueues_the_comparison(cast: Cast, osh: Organisation) -> None:
    batch = brought(cast)
    choose_columns(batch, batch.mapping, by=cast.officer, at=NOW)
    batch.refresh_from_db()
    assert batch.state == "matching"
    compare.call(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done) == ("previewed", 7)


def test_directory_is_indexed_while_the_columns_are_looked_at(cast: Cast, osh: Organisation) -> None:
    make_ready.call(cast.office.pk)
    ready = index_of(records_seen_by(cast.office))
    assert Comparison(cast.office).index is ready
    known(cast, "Naryn State University", "KG")
    assert Comparison(cast.office).index is not ready


def take(cast: Cast, batch: PartnerImport) -> PartnerImport:
    for waiting in undecided_rows(batch):
        choose_organisation(waiting, waiting.candidates[0]["organisation"], by=cast.officer, at=NOW)
    return take_list(batch, by=cast.officer, at=NOW)


def test_taking_makes_partners_contacts_and_missing_organisations(
    cast: Cast, osh: Organisation, ankara: Organisation
) -> None:
    batch = take(cast, compared(cast))
    assert batch.state == "taken"
    partners = {p.organisation.name: p for p in Partnership.objects.filter(imported_by=batch)}
    assert set(partners) == {"Osh State University", "Ankara University", "Несуществующая академия гор"}
    partner = partners["Osh State University"]
    assert str(partner.since) == "2019-01-01"
    assert "Вид документа: Меморандум; Срок действия: до 2027" in partner.note
    contacts = Contact.objects.filter(partnership=partner).order_by("pk")
    assert [(c.name, c.is_main) for c in contacts] == [("Айбек Асанов", True), ("Нургүл Маматова", False)]
    assert not Agreement.objects.exists()
    added = partners["Несуществующая академия гор"].organisation
    assert (added.office, added.country_code, added.city) == (cast.office, "KG", "Нарын")
    assert [e.action for e in timeline(partner)] == ["partners.partnership.imported"]


def test_taking_waits_for_all_decisions(cast: Cast, osh: Organisation, ankara: Organisation) -> None:
    batch = compared(cast)
    with pytest.raises(RowsUndecided) as refused:
        take_list(batch, by=cast.officer, at=NOW)
    assert refused.value.facts["count"] == 1
    assert not Partnership.objects.exists()


def test_taking_twice_does_nothing_twice(cast: Cast, osh: Organisation, ankara: Organisation) -> None:
    batch = take(cast, compared(cast))
    made = Partnership.objects.count()
    with pytest.raises(IllegalMove):
        take_list(batch, by=cast.officer, at=NOW)
    assert Partnership.objects.count() == made


def test_partner_of_before_is_kept_as_it_is(cast: Cast, osh: Organisation, ankara: Organisation) -> None:
    before = begin_partnership(osh, office=cast.office, note="By hand.", by=cast.officer, at=NOW)
    batch = compared(cast)
    assert row(batch, 1).reasons[0]["code"] == "imports.partner_already"
    take(cast, batch)
    before.refresh_from_db()
    assert (before.note, before.since, before.imported_by) == ("By hand.", None, None)
    assert before.contacts.count() == 2
    undo_list(batch, by=cast.officer, at=NOW)
    assert before.contacts.count() == 0
    assert list(Partnership.objects.all()) == [before]


def test_undoing_removes_what_the_import_made(cast: Cast, osh: Organisation, ankara: Organisation) -> None:
    organisations = set(Organisation.objects.values_list("pk", flat=True))
    batch = take(cast, compared(cast))
    batch = undo_list(batch, by=cast.officer, at=NOW)
    assert batch.state == "undone"
    assert not Partnership.objects.exists()
    assert not Contact.objects.exists()
    assert set(Organisation.objects.values_list("pk", flat=True)) == organisations
    with pytest.raises(IllegalMove):
        undo_list(batch, by=cast.officer, at=NOW)


def test_undoing_names_a_partner_with_an_agreement(
    cast: Cast, osh: Organisation, ankara: Organisation
) -> None:
    batch = take(cast, compared(cast))
    partnership = Partnership.objects.get(organisation=ankara)
    entry = AgreementEntry(kind=AgreementKind.MEMORANDUM, title="Memorandum")
    draft_agreement(partnership, entry, by=cast.officer, at=NOW)
    with pytest.raises(CannotUndo, match="Ankara University"):
        undo_list(batch, by=cast.officer, at=NOW)
    assert Partnership.objects.count() == 3


def test_undoing_names_a_partner_that_was_worked_on(
    cast: Cast, osh: Organisation, ankara: Organisation
) -> None:
    batch = take(cast, compared(cast))
    partnership = Partnership.objects.get(organisation=osh)
    change_partnership(
        partnership, state=PartnershipState.DORMANT, since=None, last_contact_on=None, responsible=None,
        note="", by=cast.officer, at=NOW,
    )  # fmt: skip
    with pytest.raises(ChangedSinceImport, match="Osh State University"):
        undo_list(batch, by=cast.officer, at=NOW)
    assert Partnership.objects.count() == 3


def test_undoing_keeps_an_organisation_that_others_stand_on(
    cast: Cast, osh: Organisation, ankara: Organisation
) -> None:
    batch = take(cast, compared(cast))
    added = row(batch, 4).organisation
    assert added is not None
    duplicate = add_organisation(
        office=cast.office, name="Академия гор", country_code="KG", by=cast.officer, at=NOW
    )
    merge_organisation(duplicate, into=added, by=cast.officer, at=NOW)
    with pytest.raises(CannotUndo, match="Несуществующая академия гор"):
        undo_list(batch, by=cast.officer, at=NOW)
    assert Partnership.objects.count() == 3


def test_person_decides_rows_one_by_one(cast: Cast, osh: Organisation, ankara: Organisation) -> None:
    batch = compared(cast)
    asked = row(batch, 3)
    assert choose_organisation(asked, osh.pk, by=cast.officer, at=NOW).organisation == osh
    assert leave_out(asked, by=cast.officer, at=NOW).decision == RowDecision.SKIP
    assert add_as_new(asked, by=cast.officer, at=NOW).decision == RowDecision.NEW
    joined = join_row(row(batch, 7), 5, by=cast.officer, at=NOW)
    assert (joined.decision, joined.same_as) == (RowDecision.NEW, row(batch, 4))
    assert joined.decided_by == cast.officer
    with pytest.raises(RowRejected):
        leave_out(row(batch, 6), by=cast.officer, at=NOW)
    with pytest.raises(NotACandidate):
        join_row(row(batch, 7), 99, by=cast.officer, at=NOW)


def test_new_organisation_needs_a_country(cast: Cast, osh: Organisation) -> None:
    batch = compared(cast, b"Name\nAcademy Nobody Knows\n")
    asked = PartnerImportRow.objects.select_related("office").get(batch=batch)
    assert (asked.decision, asked.reasons[0]["code"]) == (RowDecision.ASK, "imports.country_missing")
    with pytest.raises(CountryMissing):
        add_as_new(asked, by=cast.officer, at=NOW)
    assert add_as_new(asked, country="KG", by=cast.officer, at=NOW).fields["country"] == "KG"


def test_many_rows_are_decided_at_once_where_it_makes_sense(
    cast: Cast, osh: Organisation, ankara: Organisation
) -> None:
    batch = compared(cast)
    rows = list(PartnerImportRow.objects.select_related("office").filter(batch=batch).order_by("number"))
    assert decide_rows(rows, RowDecision.MATCH, by=cast.officer, at=NOW) == (4, 3)
    assert not undecided_rows(batch).exists()
    rows = list(PartnerImportRow.objects.select_related("office").filter(batch=batch))
    assert decide_rows(rows, RowDecision.SKIP, by=cast.officer, at=NOW) == (6, 1)


def test_organisation_of_another_office_cannot_be_chosen(cast: Cast, osh: Organisation) -> None:
    foreign = add_organisation(
        office=cast.other_office,
        name="Ошский гос. университет",
        country_code="KG",
        by=cast.other_officer,
        at=NOW,
    )
    batch = compared(cast)
    assert row(batch, 1).organisation == osh
    with pytest.raises(NotACandidate):
        choose_organisation(row(batch, 3), foreign.pk, by=cast.officer, at=NOW)


def test_identifier_decides_unless_the_name_says_otherwise(
    cast: Cast, osh: Organisation, ankara: Organisation
) -> None:
    content = b"Partner,Country,ROR ID\nOsh State Univ.,KG,https://ror.org/04t2ax770\nAnkara University,TR,04t2ax770\n"
    batch = compared(cast, content)
    assert (row(batch, 1).organisation, row(batch, 1).reasons[0]["code"]) == (
        osh,
        "imports.identifier_agrees",
    )
    assert row(batch, 2).decision == RowDecision.ASK
    assert [one["organisation"] for one in row(batch, 2).candidates] == [osh.pk, ankara.pk]


def test_merged_organisation_is_found_by_its_old_name(cast: Cast, osh: Organisation) -> None:
    own = add_organisation(
        office=cast.office, name="Karasuu Pedagogical Institute", country_code="KG", by=cast.officer, at=NOW
    )
    merge_organisation(own, into=osh, by=cast.officer, at=NOW)
    batch = compared(cast, b"Partner,Country\nKarasuu Pedagogical Institute,KG\n")
    assert row(batch, 1).organisation == osh


def test_rows_that_are_only_alike_are_asked_about(cast: Cast, osh: Organisation) -> None:
    content = (
        "Partner,Country\nTamga International Business Academy,KG\nTamga Internatinal Busines Academy,KG\n"
    )
    batch = compared(cast, content.encode())
    assert row(batch, 1).decision == RowDecision.NEW
    assert (row(batch, 2).decision, row(batch, 2).candidates[0]["row"]) == (RowDecision.ASK, 2)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"just one line", "a.csv"),
        (b"PK\x03\x04broken", "a.xlsx"),
        (b"\x00\x01\x02binary", "a.csv"),
        (b"%PDF-1.4 no table", "a.pdf"),
        (b"", "empty.csv"),
        (("Name\n" + "x\n" * 3001).encode(), "long.csv"),
    ],
)
def test_file_that_is_no_list_is_refused_and_nothing_kept(cast: Cast, content: bytes, name: str) -> None:
    with pytest.raises(DomainError):
        bring_list(content, name, office=cast.office, by=cast.officer, at=NOW)
    assert not PartnerImport.objects.exists()


def test_a_list_whose_rows_are_moved_by_a_sign_is_refused_with_every_such_row() -> None:
    content = b"name,city\nOsh State University,Osh,KG\nAnkara University,Ankara\nMetu,Ankara, Turkey,x\n"
    with pytest.raises(ListUnreadable) as refused:
        read_list(content, "partners.csv")
    for told in ("“city”", "row 2: “KG”", "row 4: “Turkey, x”"):
        assert told in str(refused.value)
    assert "row 3" not in str(refused.value)


def test_refusal_says_what_is_wrong_with_the_file(cast: Cast) -> None:
    with pytest.raises(ListUnreadable, match="names of columns and no rows"):
        bring_list(b"Name,Country\n", "a.csv", office=cast.office, by=cast.officer, at=NOW)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_text_is_read_in_the_encodings_that_offices_use(cast: Cast, osh: Organisation, encoding: str) -> None:
    text = "Список партнёров университета\n\nВУЗ;Страна;Город\nОшский государственный университет;Кыргызстан;Ош\n"
    batch = compared(cast, text.encode(encoding))
    assert row(batch, 3).organisation == osh


def test_bad_cells_reject_their_row_and_say_why(cast: Cast, osh: Organisation) -> None:
    content = "Partner,Country,E-mail,Since\nOsh State University,Atlantis,nobody,once upon a time\n"
    batch = compared(cast, content.encode())
    rejected = row(batch, 1)
    assert rejected.decision == RowDecision.REJECT
    assert [(p["column"], p["reason"]) for p in rejected.problems] == [
        ("Since", "no_date"), ("Country", "no_country"), ("E-mail", "no_email"),
    ]  # fmt: skip


def test_columns_chosen_again_while_comparing_drop_the_older_outcome(cast: Cast, osh: Organisation) -> None:
    batch = brought(cast)
    older = choose_columns(batch, batch.mapping, by=cast.officer, at=NOW)
    older = PartnerImport.objects.select_related("office").get(pk=older.pk)
    choose_columns(batch, {"name": "Город"}, by=cast.officer, at=NOW)
    compare_rows(older, at=NOW)
    batch.refresh_from_db()
    assert batch.state == "matching"
    discard_list(batch, by=cast.officer, at=NOW)
    assert not PartnerImportRow.objects.exists()


def test_failed_comparison_can_be_begun_again(
    cast: Cast, osh: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = brought(cast)
    choose_columns(batch, batch.mapping, by=cast.officer, at=NOW)

    def breaks(*_args: object) -> None:
        raise RuntimeError("interrupted")

    monkeypatch.setattr("sapar.partners.services.imports.comparing.index_of", breaks)
    do_what_is_ready()
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == ("mapped", "stopped")
    assert [one.code for one in failed_tasks(cast.office.pk)] == ["RuntimeError"]
    monkeypatch.undo()
    choose_columns(batch, batch.mapping, by=cast.officer, at=NOW)
    do_what_is_ready()
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == ("previewed", "")


def people(cast: Cast) -> dict[str, User]:
    return {
        "administrator": cast.administrator, "officer": cast.officer, "coordinator": cast.coordinator,
        "vice_rector": cast.vice_rector, "rector": cast.rector, "lawyer": cast.lawyer, "reader": cast.reader,
        "nobody": cast.nobody, "stranger": cast.other_officer,
    }  # fmt: skip


def test_only_those_who_work_in_the_office_import(
    cast: Cast, osh: Organisation, ankara: Organisation
) -> None:
    batch = compared(cast)
    for waiting in undecided_rows(batch):
        leave_out(waiting, by=cast.officer, at=NOW)
    may = {"administrator", "officer"}
    for who, user in people(cast).items():
        if who in may:
            continue
        with pytest.raises(NotAllowed):
            bring_list(sheet(), "a.xlsx", office=cast.office, by=user, at=NOW)
        with pytest.raises(NotAllowed):
            choose_columns(batch, batch.mapping, by=user, at=NOW)
        with pytest.raises(NotAllowed):
            leave_out(row(batch, 3), by=user, at=NOW)
        with pytest.raises(NotAllowed):
            take_list(batch, by=user, at=NOW)
        with pytest.raises(NotAllowed):
            discard_list(batch, by=user, at=NOW)
    take_list(batch, by=cast.administrator, at=NOW)
    for who, user in people(cast).items():
        if who not in may:
            with pytest.raises(NotAllowed):
                undo_list(batch, by=user, at=NOW)
    undo_list(batch, by=cast.administrator, at=NOW)
