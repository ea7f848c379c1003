"""What offices write for kinds, states, terms and languages of agreements, in the languages of the region."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale
from django.conf import settings
from django.utils import translation

from sapar.directory.fields import DETAILED
from sapar.directory.said import folded
from sapar.partners.states import AgreementKind, AgreementState, Direction

_K = AgreementKind
# Beginnings of words; the first line of which one stands in the cell decides. "=" asks for the whole word.
_KINDS: tuple[tuple[AgreementKind, str], ...] = (
    (_K.DOUBLE_DEGREE, """
        double degree; dual degree; joint degree; двойн; двудиплом; двухдиплом; два диплом; 2 диплом; кош
        диплом; эки диплом; қос диплом; екі диплом; qo'sh diplom; ikki diplom
    """),
    (_K.INTER_INSTITUTIONAL, """
        ka171; ka 171; ka107; ka 107; ka131; ka 131; ka1; ka 1; erasmus; эразмус; inter-institutional;
        interinstitutional; inter institutional; межинститу; межвуз; жож аралык; жоо аралық; oliygohlararo
    """),
    (_K.MEMORANDUM, """
        memorandum; меморандум; =mou; =moa; протокол о намер; соглашение о намер; letter of intent; =loi;
        ниеттер; niyat
    """),
    (_K.EXCHANGE, """
        exchange; mobility; обмен; мобильн; алмаш; мобилдүү; алмасу; ұтқыр; almash; mobillik
    """),
    (_K.RESEARCH, """
        research; научно-исслед; научно исслед; научном; научного; научное; совместных исслед; илимий; ғылыми;
        ilmiy
    """),
    (_K.FRAMEWORK, """
        framework; general; cooperation; collaboration; partnership; agreement; contract; сотруднич; рамоч;
        генеральн; договор; соглашение; контракт; партнёр; кызматташ; келишим; ынтымақтаст; келісім; шарт;
        hamkorlik; shartnoma; kelishuv; bitim
    """),
)  # fmt: skip
_S = AgreementState
_STATUSES: tuple[tuple[AgreementState | None, str], ...] = (
    (None, """
        draft; проект; на подписан; на согласован; готовится; в процессе; планиру; not signed; не подписан;
        долбоор; кол коюла элек; жоба; loyiha; imzolanmagan
    """),
    (_S.TERMINATED, """
        terminat; cancel; расторг; прекращ; аннулир; бузул; токтот; бұзыл; тоқтат; bekor; to'xtat
    """),
    (_S.EXPIRED, """
        expired; ended; inactive; not active; not in force; истек; истёк; заверш; окончен; закончил; не
        действ; недейств; утратил; неактив; бүтт; бүтк; аяктаг; жараксыз; аяқтал; жарамсыз; tugagan; muddati
        o'tgan; faol emas
    """),
    (_S.IN_FORCE, """
        in force; active; valid; current; действ; в силе; актив; күчүндө; жарактуу; иштейт; қолданыст;
        күшінде; жарамды; amalda; kuchda; faol
    """),
)  # fmt: skip
_ENDLESS = """
    бессроч; без срок; без огранич; неогранич; не огранич; unlimited; indefinite; open-ended; open ended;
    permanent; no end; мөөнөтсүз; чексиз; мерзімсіз; шексіз; muddatsiz; cheksiz; ∞
"""
_RENEWS = """
    =yes; =да; =ооба; =иә; =ия; =ha; =+; =y; авто; auto; avto; prolong; пролонг; продл; узарт; ұзарт; uzay;
    renew; =true
"""
_NOT_RENEWED = """
    =no; =нет; =жок; =жоқ; =yo'q; =-; =–; =—; =0; =n; =false; не предусм; без; not; =не; not renew; жок; жоқ;
    yo'q
"""
_WHOLE = """
    whole university; university; all faculties; =all; весь университет; университет в целом; все факультет;
    =все; =университет; бүт университет; бардык факультет; бүкіл университет; барлық факультет; butun
    universitet; barcha fakultet
"""
_BOTH = """
    both; in/out; out/in; двусторон; взаимн; в обе; обе стороны; эки тарап; өз ара; екі жақ; өзара; ikki
    tomon; o'zaro
"""
_EVERY_YEAR = """
    every year; annual; each year; yearly; ежегод; каждый год; в год; жыл сайын; жылына; ар жыл; har yil;
    yiliga
"""


@cache
def _words(text: str) -> tuple[tuple[str, bool], ...]:
    words = (" ".join(word.split()) for word in text.split(";"))
    return tuple(
        (folded(word.removeprefix("=")) or word.removeprefix("="), word.startswith("=")) for word in words
    )


def _says(plain: str, words: str) -> bool:
    """One of the words begins a word of the text, or, with "=", is one."""
    return any(
        re.search(rf"(?<!\w){re.escape(word)}" + (r"(?!\w)" if whole else ""), plain)
        for word, whole in _words(words)
    )


@cache
def _labels() -> Mapping[str, AgreementKind]:
    """Our own words for the kinds in all languages, so that a list that Sapar wrote is read back."""
    found: dict[str, AgreementKind] = {kind.value: kind for kind in AgreementKind}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {folded(str(kind.label)): kind for kind in AgreementKind}
    return found


def kind_said(text: str) -> AgreementKind | None:
    """
    >>> kind_said("Меморандум о взаимопонимании").value, kind_said("Erasmus+ KA171").value
    ('memorandum', 'inter_institutional')
    """
    plain = folded(text)
    return _labels().get(plain) or next((kind for kind, words in _KINDS if _says(plain, words)), None)


def status_said(text: str) -> tuple[bool, AgreementState | None]:
    """Whether the words are known, and the state they mean; no state: not signed yet."""
    plain = folded(text)
    for state, words in _STATUSES:
        if _says(plain, words):
            return True, state
    return False, None


def endless_said(text: str) -> bool:
    return _says(folded(text), _ENDLESS)


def renewal_said(text: str) -> bool | None:
    """Whether it renews itself; None: the words say neither."""
    plain = folded(text) or text.strip()
    if _says(plain, _NOT_RENEWED):
        return False
    return True if _says(plain, _RENEWS) else None


def whole_university_said(text: str) -> bool:
    return _says(folded(text), _WHOLE)


def every_year_said(text: str) -> bool:
    return _says(folded(text), _EVERY_YEAR)


def both_said(text: str) -> bool:
    return _says(folded(text), _BOTH)


def directions_in(text: str, words: Mapping[str, Direction]) -> list[Direction]:
    if both_said(text):
        return list(Direction)
    said = set(re.split(r"[\s,;()/+&–-]+", folded(text)))
    return [one for one in Direction if any(words.get(word) == one for word in said)]


@cache
def _languages() -> tuple[tuple[str, str], ...]:
    """Names of languages in the five languages of Sapar, the longest first."""
    found = {
        folded(name): code
        for spoken, _name in settings.LANGUAGES
        for code, name in Locale.parse(spoken.replace("-", "_")).languages.items()
        if "_" not in code and len(code) == 2
    }
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))


def language_said(text: str) -> str:
    """The code of the first language that the text names, also inflected: "на английском" is "en"."""
    for word in folded(re.sub(r"\b[ABCabc][12]\b\+?", " ", text)).split():
        exact = [code for name, code in _languages() if word in (name, code)]
        inflected = [code for name, code in _languages() if len(name) >= 6 and word.startswith(name[:-2])]
        begun = [code for name, code in reversed(_languages()) if len(word) >= 4 and name.startswith(word)]
        if found := exact or inflected or begun:
            return found[0]
    return ""


@cache
def _fields() -> Mapping[str, str]:
    """Titles of detailed fields in all languages → code, where only one field has the title."""
    found: dict[str, set[str]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, title in DETAILED.items():
                found.setdefault(folded(str(title)), set()).add(code)
    return {title: min(codes) for title, codes in found.items() if len(codes) == 1}


def field_said(text: str) -> str:
    return _fields().get(folded(text), "")
