"""What a list of signed agreements may hold, and how offices of the region call it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sapar.partners.columns import likeness, plain, settle


class SignedField(TextChoices):
    """What a column may hold."""

    PARTNER = "partner", _("Partner university")
    COUNTRY = "country", _("Country of the partner")
    KIND = "kind", _("Kind of agreement")
    TITLE = "title", _("Title")
    NUMBER = "number", _("Number")
    SIGNED = "signed", _("Signed on")
    STARTS = "starts", _("Valid from")
    ENDS = "ends", _("Valid until, or for how long")
    RENEWAL = "renewal", _("Automatic renewal")
    STATUS = "status", _("Status")
    FACULTY = "faculty", _("Our faculty")
    PARTNER_UNIT = "partner_unit", _("The partner’s faculty")
    HOME_SIGNER = "home_signer", _("Signed for us")
    PARTNER_SIGNER = "partner_signer", _("Signed for the partner")
    CONTACT = "contact", _("Contact person")
    EMAIL = "email", _("E-mail")
    NOTE = "note", _("Note")
    YEAR = "year", _("Academic year")
    DIRECTION = "direction", _("Direction")
    MOBILITY = "mobility", _("Who travels")
    PLACES = "places", _("Places")
    PLACES_OUT = "places_out", _("Places, outgoing")
    PLACES_IN = "places_in", _("Places, incoming")
    MONTHS = "months", _("Months each")
    LEVEL = "level", _("Level")
    FIELD = "isced_f", _("Field (ISCED-F)")
    LANGUAGE = "language", _("Language and its level")


_F = SignedField
HEAD = (_F.PARTNER, _F.KIND, _F.TITLE, _F.NUMBER, _F.SIGNED)
"""A row in which none of these is filled goes on with the agreement above it."""
PLACE_FIELDS = (_F.PLACES, _F.PLACES_OUT, _F.PLACES_IN)
# Names of columns as offices write them: English; Russian; Kyrgyz; Kazakh; Uzbek. The more exact the earlier.
_CALLED: Mapping[SignedField, str] = {
    _F.PARTNER: """
        partner; partner university; university; institution; partner institution; name of partner; foreign
        partner; organisation; organization; second party; вуз-партнёр; партнёр; вуз; университет; зарубежный
        вуз; название вуза; наименование вуза; наименование организации; наименование партнёра; организация;
        зарубежный партнёр; сторона; вторая сторона; университет-партнёр; өнөктөш; өнөктөш жож; жож;
        университеттин аталышы; уюм; жождун аталышы; серіктес; серіктес жоо; жоо; жоо атауы; ұйым; университет
        атауы; hamkor; hamkor otm; otm; otm nomi; hamkor universitet; tashkilot
    """,
    _F.COUNTRY: """
        country; country of partner; страна; государство; страна партнёра; өлкө; мамлекет; ел; елі; мемлекет;
        davlat; mamlakat
    """,
    _F.KIND: """
        kind; type; kind of agreement; type of agreement; agreement type; document; type of document;
        agreement; вид договора; тип договора; вид соглашения; тип соглашения; вид документа; тип документа;
        документ; договор; соглашение; вид; тип; келишимдин түрү; келишим түрү; документтин түрү; келишим;
        келісім түрі; шарт түрі; келісімшарт түрі; құжат түрі; shartnoma turi; kelishuv turi; hujjat turi
    """,
    _F.TITLE: """
        title; title of agreement; subject; subject of agreement; название договора; предмет договора;
        название документа; наименование документа; наименование договора; предмет; келишимдин аталышы;
        документтин аталышы; келісім атауы; құжат атауы; shartnoma nomi; hujjat nomi
    """,
    _F.NUMBER: """
        number; agreement number; agreement no; no of agreement; contract number; contract no; registration
        number; reg no; номер договора; номер соглашения; номер; регистрационный номер; рег номер; номер
        документа; келишимдин номери; келишим номери; номери; келісім нөмірі; шарт нөмірі; нөмірі; құжат
        нөмірі; shartnoma raqami; kelishuv raqami; raqami; hujjat raqami
    """,
    _F.SIGNED: """
        signed; signed on; date signed; date of signing; date of signature; agreement date; date; дата
        подписания; дата договора; дата заключения; подписан; дата соглашения; дата; год подписания; кол
        коюлган күнү; кол коюлган; келишим күнү; қол қойылған күні; қол қойылған; келісім күні; imzolangan
        sana; imzolangan; shartnoma sanasi; sana
    """,
    _F.STARTS: """
        valid from; from; starts; start date; begins; in force from; дата начала; действует с; начало
        действия; вступает в силу; начало; жарактуу башталышы; башталышы; күчүнө кирет; басталуы; басталған
        күні; күшіне енуі; boshlanishi; amal qilish boshlanishi; kuchga kirishi
    """,
    _F.ENDS: """
        valid until; valid to; until; ends; end date; expires; expires on; expiry date; validity; term;
        duration; period; period of validity; срок действия; действует до; дата окончания; срок; окончание;
        истекает; действителен до; до; мөөнөтү; жарактуу мөөнөтү; аяктайт; бүтүшү; мерзімі; жарамдылық
        мерзімі; қолданылу мерзімі; аяқталуы; amal qilish muddati; muddati; tugash sanasi; tugashi
    """,
    _F.RENEWAL: """
        renewal; automatic renewal; renews automatically; prolongation; auto renewal; пролонгация;
        автопролонгация; автоматическая пролонгация; продление; автоматическое продление; автоматтык узартуу;
        узартуу; ұзарту; автоматты ұзарту; uzaytirish; avtomatik uzaytirish
    """,
    _F.STATUS: """
        status; state; in force; статус; состояние; статус договора; абалы; статусу; жағдайы; күйі; мәртебесі;
        holati; statusi
    """,
    _F.FACULTY: """
        our faculty; faculty; our unit; school; department; наш факультет; факультет; подразделение; институт;
        наше подразделение; факультети; бөлүм; біздің факультет; факультеті; fakultet; fakulteti; bizning
        fakultet
    """,
    _F.PARTNER_UNIT: """
        partner faculty; faculty of the partner; partner unit; partner department; факультет партнёра;
        подразделение партнёра; өнөктөштүн факультети; серіктестің факультеті; hamkor fakulteti
    """,
    _F.HOME_SIGNER: """
        signed by; signatory; our signatory; signed for us; подписал; подписант; подписал от нас; подписант от
        нас; от нашей стороны; кто подписал; кол койгон; кол койгон адам; қол қойған; imzolagan; imzo chekkan
    """,
    _F.PARTNER_SIGNER: """
        signed for the partner; partner signatory; signatory of the partner; подписал от партнёра; подписант
        партнёра; подписант от партнёра; от стороны партнёра; өнөктөштөн кол койгон; серіктестен қол қойған;
        hamkor tomonidan imzolagan
    """,
    _F.CONTACT: """
        contact; contact person; coordinator; partner contact; контакт; контактное лицо; координатор;
        контакты; контактные данные; ответственный от партнёра; байланыш; байланыш адамы; координатору;
        байланыс; байланыс тұлғасы; aloqa; aloqa uchun shaxs; kontakt
    """,
    _F.EMAIL: """
        email; e mail; mail; contact email; электронная почта; эл почта; почта; электрондук почта; электрондық
        пошта; elektron pochta
    """,
    _F.NOTE: """
        note; notes; remark; remarks; comment; примечание; примечания; комментарий; эскертүү; түшүндүрмө;
        ескерту; ескертпе; izoh
    """,
    _F.YEAR: """
        academic year; year of mobility; years of places; учебный год; уч год; учебные годы; окуу жылы; оқу
        жылы; oquv yili
    """,
    _F.DIRECTION: """
        direction; in out; incoming outgoing; направление мобильности; направление обмена; въезд выезд; вид
        мобильности; багыты; мобилдүүлүк багыты; бағыты; yonalishi
    """,
    _F.MOBILITY: """
        kind of mobility; who travels; type of mobility; target group; участники; кто едет; категория;
        категория участников; тип мобильности; катышуучулар; қатысушылар; ishtirokchilar
    """,
    _F.PLACES: """
        places; number of places; seats; quota; students per year; number of students; места; количество мест;
        число мест; квота; количество студентов; студентов в год; кол-во мест; кол-во студентов; орун;
        орундар; орундардын саны; орын; орын саны; квотасы; oʻrinlar; orinlar; orinlar soni; kvota
    """,
    _F.PLACES_OUT: """
        places out; outgoing places; outgoing; quota out; места на выезд; квота на выезд; выезд; исходящая;
        исходящие; чыгуучу орундар; шығыс орындар; chiquvchi orinlar
    """,
    _F.PLACES_IN: """
        places in; incoming places; incoming; quota in; места на приезд; места на въезд; квота на приезд;
        квота на въезд; въезд; приезд; входящая; входящие; кирүүчү орундар; кіріс орындар; kiruvchi orinlar
    """,
    _F.MONTHS: """
        months; duration months; length of stay; months each; месяцев; месяцы; количество месяцев;
        длительность; продолжительность; срок пребывания; айлар; канча ай; айлар саны; мерзім ай; oylar; oylar
        soni
    """,
    _F.LEVEL: """
        level; level of study; cycle; study level; уровень; уровень обучения; степень; ступень; деңгээл;
        деңгээли; деңгей; деңгейі; daraja; bosqich
    """,
    _F.FIELD: """
        field; field of study; isced; isced f; subject area; область образования; мско; направление
        подготовки; специальность; специальности; область; тармак; адистик; адистиги; сала; мамандық;
        mutaxassislik; yonalish
    """,
    _F.LANGUAGE: """
        language; language of instruction; language level; язык; язык обучения; уровень языка; тил; окуу тили;
        тили; тіл; оқу тілі; til; oqitish tili
    """,
}  # fmt: skip
CALLED: Mapping[str, tuple[str, ...]] = {
    field.value: tuple(dict.fromkeys(" ".join(name.split()) for name in names.split(";")))
    for field, names in _CALLED.items()
}
# The column that only counts the rows.
_COUNTER = re.compile(r"\W*(?:№|no|n|#|nr)?\W*(?:п\W*п|р\W*с|т\W*р|к\W*с)?\W*", re.IGNORECASE)
_KNOWN = {field: tuple(dict.fromkeys(map(plain, names))) for field, names in CALLED.items()}


def guess(columns: Sequence[str]) -> dict[str, str]:
    """Field → column, each column once; surest first.

    >>> guess(["№ п/п", "ВУЗ-партнёр", "Вид договора", "№ договора", "Срок действия"])
    {'partner': 'ВУЗ-партнёр', 'kind': 'Вид договора', 'number': '№ договора', 'ends': 'Срок действия'}
    """
    meant = [column for column in columns if not _COUNTER.fullmatch(column)]
    return settle(meant, list(SignedField), lambda column, field: likeness(column, _KNOWN[field.value]))
