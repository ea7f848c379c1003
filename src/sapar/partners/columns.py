"""What the columns of an office's own list mean: guessed from their names in five languages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sapar.methods.names import search_key

F = TypeVar("F", bound=TextChoices)


class ListField(TextChoices):
    """What a column may hold."""

    NAME = "name", _("Name of the partner")
    OTHER_NAME = "other_name", _("Name in another language")
    ACRONYM = "acronym", _("Acronym")
    COUNTRY = "country", _("Country")
    CITY = "city", _("City")
    WEBSITE = "website", _("Website")
    ERASMUS = "erasmus", _("Erasmus code")
    ROR = "ror", _("ROR identifier")
    CONTACT_NAME = "contact_name", _("Contact person")
    CONTACT_POST = "contact_post", _("Post of the contact person")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Telephone")
    SINCE = "since", _("Partner since")
    LAST_CONTACT = "last_contact", _("Last contact")
    NUMBER = "number", _("Our number of the partner")
    AGREEMENT_NUMBER = "agreement_number", _("Number of the agreement")
    AGREEMENT_KIND = "agreement_kind", _("Kind of agreement")
    AGREEMENT_SIGNED = "agreement_signed", _("Agreement signed on")
    AGREEMENT_ENDS = "agreement_ends", _("Agreement ends on")
    NOTE = "note", _("Note")


_F = ListField
# Names of columns as offices write them: English; Russian; Kyrgyz; Kazakh; Uzbek. The more exact the earlier.
_SYNONYMS: Mapping[ListField, str] = {
    _F.NAME: """
        name; partner; partner name; university; institution; name of university; name of institution; name
        of the partner; partner university; partner institution; partner organisation; organisation;
        organization; higher education institution; hei; название; наименование; партнер; партнёр; вуз; вуз
        партнер; вуз-партнер; университет; организация; наименование вуза; название вуза; наименование
        организации; наименование партнера; зарубежный вуз; зарубежный партнер; вузы партнеры; университет
        партнер; учреждение; аталышы; өнөктөш; өнөктөш жож; жождун аталышы; уюм; университеттин аталышы;
        окуу жай; жож; атауы; серіктес; серіктес жоо; жоо; жоо атауы; ұйым; университет атауы; серіктес
        университет; nomi; hamkor; hamkor otm; otm; otm nomi; tashkilot; universitet; universitet nomi;
        hamkor universitet; номи; ҳамкор; отм номи
    """,
    _F.OTHER_NAME: """
        name in english; english name; name en; official name; name in local language; original name; local
        name; name in original language; other name; название на английском; наименование на английском;
        название англ; на английском языке; английское название; название на русском; оригинальное название;
        название на языке оригинала; название на английском языке; англисче аталышы; англис тилинде; аталышы
        англисче; орусча аталышы; ағылшынша атауы; ағылшын тілінде; орысша атауы; inglizcha nomi; ingliz
        tilida; ruscha nomi
    """,
    _F.ACRONYM: """
        acronym; abbreviation; short name; abbr; аббревиатура; сокращение; сокращенное название; сокр;
        кыскартылышы; кыскача аталышы; қысқартылған атауы; қысқаша атауы; qisqartma; qisqa nomi
    """,
    _F.COUNTRY: """
        country; state; country code; land; страна; государство; страна партнера; өлкө; мамлекет; ел;
        мемлекет; елі; davlat; mamlakat; давлат; мамлакат
    """,
    _F.CITY: """
        city; town; location; place; город; населенный пункт; местонахождение; шаар; шаары; қала; қаласы;
        shahar; shahri; шаҳар
    """,
    _F.WEBSITE: """
        website; web site; web; site; url; homepage; web page; сайт; веб сайт; вебсайт; веб-сайт;
        официальный сайт; адрес сайта; интернет адрес; сайты; веб сайты; veb sayt; vebsayt; sayti; sayt
    """,
    _F.ERASMUS: """
        erasmus code; erasmus id code; erasmus; код erasmus; код эразмус; эразмус код; erasmus коду; erasmus
        kodi; erasmus коды
    """,
    _F.ROR: """
        ror; ror id; ror identifier; идентификатор ror
    """,
    _F.CONTACT_NAME: """
        contact; contact person; contact name; coordinator; contact persons; contacts; responsible person;
        контакт; контактное лицо; контакты; координатор; ответственное лицо партнера; фио; ф и о; фио
        координатора; фио контактного лица; контактные данные; представитель; байланыш адамы; байланыш;
        координатору; жооптуу адам; аты жөнү; байланыш тұлғасы; үйлестіруші; аты жөні; байланыс тұлғасы;
        байланыс; aloqa shaxsi; aloqa uchun shaxs; muvofiqlashtiruvchi; kontakt; f i sh
    """,
    _F.CONTACT_POST: """
        post; position; job title; title of contact; должность; кызматы; кызмат орду; лауазымы; қызметі;
        lavozimi; lavozim
    """,
    _F.EMAIL: """
        email; e mail; mail; email address; contact email; электронная почта; эл почта; почта; имейл; адрес
        электронной почты; элпочта; электрондук почта; электрондук дарек; электрондық пошта; elektron
        pochta; emaili; э почта
    """,
    _F.PHONE: """
        phone; telephone; tel; phone number; mobile; телефон; тел; номер телефона; тел номер; телефону;
        телефон номери; телефоны; телефон нөмірі; telefon; telefon raqami; тел факс
    """,
    _F.SINCE: """
        since; partner since; year; since year; start of cooperation; cooperation since; year of
        cooperation; с какого года; год; год начала; начало сотрудничества; год начала сотрудничества;
        партнер с; сотрудничество с; жылы; башталган жылы; кызматташтык башталганы; кызматташуу жылы; жыл;
        басталған жылы; ынтымақтастық басы; yili; hamkorlik boshlangan; hamkorlik boshlangan yil; boshlangan
        yili
    """,
    _F.LAST_CONTACT: """
        last contact; last contacted; last visit; последний контакт; последняя встреча; дата последнего
        контакта; акыркы байланыш; соңғы байланыс; oxirgi aloqa
    """,
    _F.NUMBER: """
        our number; partner number; internal number; id; код партнера; номер партнера; внутренний номер; рег
        номер партнера; өнөктөштүн номери; серіктес нөмірі; hamkor raqami
    """,
    _F.AGREEMENT_NUMBER: """
        agreement number; agreement no; contract number; number of agreement; contract no; номер договора;
        номер соглашения; договор; номер документа; соглашение; регистрационный номер; келишимдин номери;
        келишим номери; келишим; келісім нөмірі; шарт нөмірі; келісімшарт нөмірі; shartnoma raqami; kelishuv
        raqami; shartnoma
    """,
    _F.AGREEMENT_KIND: """
        kind of agreement; type of agreement; agreement type; agreement kind; agreement; type of document;
        вид договора; тип договора; вид соглашения; тип соглашения; вид документа; тип документа; келишимдин
        түрү; келишим түрү; келісім түрі; шарт түрі; келісімшарт түрі; shartnoma turi; kelishuv turi
    """,
    _F.AGREEMENT_SIGNED: """
        signed; date signed; signed on; date of signing; agreement date; signature date; date of agreement;
        start date; valid from; дата подписания; дата договора; дата заключения; подписан; дата соглашения;
        дата начала; кол коюлган күнү; кол коюлган; келишим күнү; қол қойылған күні; келісім күні;
        imzolangan sana; imzolangan; shartnoma sanasi
    """,
    _F.AGREEMENT_ENDS: """
        valid until; expires; expiry date; end date; valid to; expires on; expiration date; validity; срок
        действия; действует до; дата окончания; срок; окончание; истекает; мөөнөтү; жарактуу мөөнөтү;
        мөөнөтү бүтөт; мерзімі; жарамдылық мерзімі; аяқталу күні; amal qilish muddati; muddati; tugash
        sanasi
    """,
    _F.NOTE: """
        note; notes; remark; remarks; comment; comments; areas of cooperation; description; примечание;
        примечания; комментарий; комментарии; направления сотрудничества; заметки; эскертүү; эскертүүлөр;
        түшүндүрмө; комментарийлер; ескерту; ескертпе; izoh; izohlar; изоҳ
    """,
}


def names_of(field: ListField) -> tuple[str, ...]:
    """What offices call a column of this meaning, in all languages."""
    return tuple(dict.fromkeys(" ".join(name.split()) for name in _SYNONYMS[field].split(";")))


# Words that say in which language a name stands; a column of names with one of them is the other name.
_LANGUAGE_WORDS = frozenset(
    search_key(
        "english en eng англ английском английский англисче ағылшынша inglizcha local original оригинал рус русском "
        "ru орусча орысша ruscha ky кырг"
    ).split()
)


def plain(name: str) -> str:
    """The name of a column without case, signs and numbers in brackets: "№ Договора (1)" → "№ договора"."""
    text = re.sub(r"\(\d+\)|[*:;.,_/\\|\-–—\"'«»]+", " ", name)
    return search_key(text)


_KNOWN = {
    field: tuple(dict.fromkeys(plain(word) for word in words.split(";")))
    for field, words in _SYNONYMS.items()
}


def signature(columns: Sequence[str]) -> str:
    """The same for lists with the same columns, in whatever order and spelling of case."""
    return hashlib.sha256("\n".join(sorted(map(plain, columns))).encode()).hexdigest()


def guess(columns: Sequence[str]) -> dict[str, str]:
    """Field → column, each column once; surest first. What cannot be guessed is left out.

    >>> guess(["№", "Наименование ВУЗа", "Name in English", "Страна", "E-mail"])
    {'name': 'Наименование ВУЗа', 'other_name': 'Name in English', 'country': 'Страна', 'email': 'E-mail'}
    """
    chosen = settle(columns, list(ListField), _likeness_of)
    if _F.NAME not in chosen and _F.OTHER_NAME in chosen:
        chosen[_F.NAME.value] = chosen.pop(_F.OTHER_NAME)
    return {field.value: chosen[field.value] for field in ListField if field.value in chosen}


def settle(
    columns: Sequence[str], fields: Sequence[F], strength: Callable[[str, F], float]
) -> dict[str, str]:
    """Field → column, each column once: what fits best is chosen first."""
    claims = sorted(
        (
            (-strong, at, order, column, field)
            for at, column in enumerate(columns)
            for order, field in enumerate(fields)
            if (strong := strength(column, field)) > 0
        ),
        key=lambda claim: claim[:3],
    )
    chosen: dict[str, str] = {}
    for _strong, _at, _order, column, field in claims:
        if field.value not in chosen and column not in chosen.values():
            chosen[field.value] = column
    return chosen


def likeness(column: str, names: Sequence[str]) -> float:
    """3 for a known name, less when only some of its words are known; 0 when nothing is.

    A column may say "№" for "number".
    """
    return max(_alike(plain(column), names), _alike(plain(column.replace("№", "номер ")), names))


def _alike(key: str, names: Sequence[str]) -> float:
    if not key:
        return 0
    if key in names:
        return 3
    words, best = set(key.split()), 0.0
    for known in names:
        parts = set(known.split())
        if len(known) >= 4 and parts <= words:
            best = max(best, 1 + len(parts) / len(words))
    return best


def _likeness_of(column: str, field: ListField) -> float:
    if field is _F.OTHER_NAME:
        key = plain(column)
        names_it = (
            set(key.split()) & _LANGUAGE_WORDS and likeness(_without_language(key), _KNOWN[_F.NAME]) > 1
        )
        if names_it and key not in _KNOWN[field]:
            return 2.9
    return likeness(column, _KNOWN[field])


def _without_language(key: str) -> str:
    return " ".join(word for word in key.split() if word not in _LANGUAGE_WORDS)


def checked(
    mapping: Mapping[str, str], columns: Sequence[str], fields: Iterable[str] = ListField
) -> dict[str, str]:
    """A mapping without fields and columns that do not exist."""
    known = set(fields)
    return {field: column for field, column in mapping.items() if field in known and column in columns}
