"""The words institutions are called by, in the languages their names come in.

A concept is what "university", "университети" and "universitesi" have in common. A pattern ending in ``*`` covers
every word whose search key begins so. The adjectives of places are here because "Ташкентский" and "Toshkent" are
one fact, and so are the old and new names of one spelling reform; a renamed city is not (Frunze is not Bishkek).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from sapar.methods.names.keys import search_key

# What kind of body it is: two different kinds are two institutions until a person says otherwise.
KINDS = """
university: uni universi* университет* универсітет* üniversite* uniwersytet* univerz* egyetem yliopisto ülikool
university: daigaku daxue донишгоҳ* donishgoh*
institute: institu* институт* istituto enstitü* instytut* інститут*
academy: academ* академи* akadem* accademia akademi*
college: college* колледж* техникум* colegio kolledj* koleji* kolej* colleges
school: school* школ* schule escuela écol* scuola szkoł* škol* мектеб* mektebi maktab* okulu
hochschule: hochschul* fachhochschul*
conservatory: conservator* консерватор* konservator*
"""
# Part of another body: never joined with the whole, nor with another part, without a person.
PARTS = """
branch: branch* филиал* filial* şubesi бөлімше*
campus: campus* кампус* kampus*
faculty: faculty faculties факультет* fakultet* fakülte* facultad faculdade fakultät faculté facoltà
department: department* кафедр* kafedra* отделени* bölümü departament*
hospital: universitätsmedizin* universitätsklinik* uniklinik*
hospital: hospital* больниц* госпитал* оорукана* аурухана* kasalxona hastane*
centre: center centre centers центр* борбору орталығы markazi merkezi zentrum centrum centro
library: library библиотек* kutubxona* китепкана* кітапхана*
laboratory: laborator* лаборатор*
lyceum: lyceum лицей* litsey* lise lycée
"""
QUALITIES = """
state: state государственн* мамлекеттик* мемлекеттік* davlat давлат* devlet державн* państwow* staatlich*
state: estatal estadual гос
national: national* национальн* улуттук ұлттық milliy миллӣ milli nacional* nazional* narodow* ulusal
national: національн* нац
international: international* internacional* internazional* международн* халықаралық xalqaro байналмилал*
international: uluslararası міжнародн* międzynarodow* межд
higher: higher высший высшая высшее высшего высшей вищий жогорку жоғары oliy олии superior* supérieur*
higher: yüksek wyższ* vysok*
regional: regional* региональн* өңірлік
federal: federal* федеральн*
technical: technical техническ* техникалы* texnik* technisch* technique teknik técnic* techniczn* технічн*
technical: техникӣ тех
technological: technolog* технолог* texnolog* teknoloj* teknolog* tecnol* tehnolog*
polytechnic: polytechn* политех политехн* politechn* politécn* politekn*
medical: medic* медиц* meditsin* médec* medyczn* tibbiyot* тиббӣ тиббии тиббиёт tıp мед
pedagogical: normal pedagog* педагог* pädagog* омӯзгор* омузгор* пед
agrarian: agrar* аграр* agricult* сельскохозяйственн* агрокультур* кишоварз* rolnicz* tarım
economics: econom* эконом* iqtisod* иқтисод* ekonom* wirtschaft* iktisat*
finance: financ* финанс* moliya* каржы қаржы молия* finans*
law: law юридич* юриди* juridic* huquq* укук* құқық* ҳуқуқ* hukuk* правов* право yurid* jurisprud* recht*
humanities: humanit* гуманит* gumanit*
engineering: engineer* инженер* muhandis* муҳандис* mühendis* ingenier* ingénieur*
construction: construction строительн* строительства qurilish* құрылыс* курулуш* inşaat*
architecture: architect* архитект* arxitekt* mimar* меъморӣ
transport: transport* транспорт* көлік
information: informat* информац* маалымат* ақпарат* axborot* ахборот*
communication: communicat* коммуникац* kommunikats* связи aloqa алоқа* iletişim
management: management менеджмент* управлени* boshqaruv* boshqarish yönetim* башкаруу басқару menejment*
business: business бизнес* biznes* işletme*
art: art arts искусств* san'at* санъат* өнер* sanat* исскуств*
music: music* музык* musiqa* musik* musica*
sport: sport* спорт*
physical: physical физической физкультур* jismoniy
culture: cultur* культур* madaniyat* маданият* мәдениет* kultur* kültür* фарҳанг*
language: language* язык* тілдер* tillari tillar тилдер* забон*
foreign: foreign иностранн* xorijiy шет
jiaotong: jiaotong цзяотун*
president: president президент*
free: free freie freien свободный свободного
world: world мировы* jahon ҷаҳон* дүйнөлүк
oriental: oriental* востоковед* sharqshunos*
science: science* наук* ilimler fanlar* фанлар* ғылым* илимдер* wissenschaft* ciencia*
education: educat* образовани* билим* ta'lim* таълим* eğitim* edukac*
applied: applied прикладн* amaliy uygulamalı angewandt*
women: women* женск*
military: military военн* аскер* әскери harbiy askeri*
aviation: aviat* авиац* aviats*
petroleum: petroleum нефт* мұнай* neft*
gas: gas газов*
mining: mining горн* konchilik maden*
forestry: forest* лесн* лесотехн*
veterinary: veterin* ветерин*
pharmacy: pharmac* фармац* farmats*
dental: dental dentist* стоматолог* stomatolog*
republic: republic* республик* respublik* cumhuriyet* рэспубл* жумхури*
research: research исследовательск* изилдөө зерттеу araştırma* forschung*
tourism: tourism туризм* turizm* tourist*
energy: energy energet* энергет*
friendship: friendship дружб* достук* достық* do'stlik
people: people* народов xalqlar халықтар
textile: textile текстил* to'qimachilik*
light: light легк* yengil
industry: industr* промышленн* sanoat* өнеркәсіп
irrigation: irrigat* ирригац* irrigats*
environment: environment* экологи* ecolog* ekolog* atrof
new: new новый новая новое жаңы жаңа yangi yeni nowy neue
south: south southern южн* түштүк* оңтүстік janubiy güney południow* südlich*
north: north northern север* түндүк* солтүстік shimoliy kuzey północn* nördlich*
east: east eastern восточн* чыгыш* шығыс* sharqiy doğu wschodn* östlich*
west: west western запад* батыш* батыс* g'arbiy batı zachodn* westlich*
central: central* централь* борбордук орталық markaziy merkez* средн*
asia: asia* азии азия* азиат* osiyo осиё asya*
eurasia: eurasia* евраз* еураз* avrasya* euroasia* yevroosiyo
slavic: slavic slavonic славян*
american: americ* америк* amerika*
british: british британ* britan*
islamic: islam islamic islami исламский исламская ислам исламдык
"""
COUNTRIES = """
KG: kyrgyz* кыргыз* киргиз* kirghiz* qirg'iz* kırgız* қырғыз*
KZ: kazakh* kazak kazakstan* казах* қазақ* qazaq* qozog'* qozoq* казак казакстан* kazakistan
UZ: uzbek* узбек* o'zbek* özbek* ўзбек* өзбек* өзбекстан*
TJ: tajik* таджик* тоҷик* tojik* тажик* tacik*
TM: turkmen* туркмен* türkmen*
RU: russia* росси* русск* rossiya* rusya орус* ресей*
TR: turkey turkish türkiye турецк* турци* turkiya түркия
CN: china chinese китай* китая xitoy кытай* қытай* çin
KR: korea* коре* koreya* кореи
JP: japan* япон* yaponiya
IN: india indian индий* hindiston hindistan
PK: pakistan* пакистан* pokiston
DE: german* deutsch deutsche немецк* герман* germaniya almanya
FR: france french франц* français française
GB: england английск* великобритан*
US: usa сша
PL: poland polish польск* polska polski* polonya
UA: ukrain* украин* україн*
BY: belarus* беларус* белорус*
AZ: azerbai* азербайдж* azərbaycan* ozarbayjon
GE: georgia* грузи* gürcistan
AM: armenia* армян* армени* հայ
LT: lithuania* литов* литв* lietuv*
LV: latvia* латви* latvijas
EE: estonia* эстон* eesti
CZ: czech* чешск* чехи* česk*
HU: hungar* венгерск* magyar
IT: italia* итальян* итали*
ES: spain spanish españ* испан*
MN: mongolia* монгол*
IR: iran* иран*
AF: afghan* афган*
MY: malaysia* малайз*
RO: romania* румын*
BG: bulgaria* болгар*
RS: serbia* серб*
"""
PLACES = """
bishkek: bishkek* бишкек*
osh: osh ош ошск*
jalalabad: jalalabad* жалалабад* джалалабад*
issykkul: issykkul* иссыккул* ысыккөл* isikkol*
naryn: naryn нарын нарынск*
talas: talas талас*
batken: batken баткен*
tashkent: tashkent* toshkent* ташкент* тошкент*
samarkand: samarkand* samarqand* самарканд*
bukhara: bukhara* bokhara buxoro бухар* бухоро*
fergana: ferghana* fergana* farg'ona* ферган* фарғона*
andijan: andijan* andijon* андижан* андижон*
namangan: namangan* наманган*
nukus: nukus* нукус* nokis
urgench: urgench* urganch* ургенч* урганч*
termez: termez* termiz* термез* термиз*
karshi: karshi qarshi карши* қарши
navoi: navoi navoiy навои* навоий*
jizzakh: jizzakh* jizzax* джизак* жиззах*
gulistan: gulistan* guliston* гулистан*
kokand: kokand* qo'qon коканд* қўқон
karakalpak: karakalpak* qoraqalpog'* каракалпак* қорақалпоқ*
khorezm: khorezm* xorazm* хорезм* urgench
almaty: almaty алмат* алмаат* almaata*
astana: astana астан*
karaganda: karagand* qarag'andy караганд* қарағанды* qaraghandy qarağandy
shymkent: shymkent* шымкент* чимкент*
semey: semey семей semei
kostanay: kostanai* костанай* қостанай* qostanai*
aktobe: aktobe ақтөбе aqtöbe актюб* актобе*
atyrau: atyrau атырау*
aktau: aktau ақтау актау* aqtau
pavlodar: pavlodar* павлодар*
petropavl: petropavl* петропавл*
taraz: taraz тараз*
turkistan: turkistan туркестан* түркістан*
kyzylorda: kyzylorda қызылорда* кызылорд* qyzylorda*
dushanbe: dushanbe* душанбе*
khujand: khujand* худжанд* хуҷанд* xo'jand
moscow: moscow москов* москв* moskva moskov*
petersburg: petersburg* петербург*
kazan: kazan казан*
tomsk: tomsk томск*
omsk: omsk омск*
minsk: minsk минск*
kiev: kiev kyiv киев* київ*
warsaw: warsaw warszaw* варшав*
lodz: łódź lodz лодзь лодзин*
krakow: krakow cracow kraków* краков*
wroclaw: wroclaw* wrocław* вроцлав*
prague: prague praha праг* пражск* prazsk* pražsk*
vienna: vienna wien вена венск* wiener
munich: munich münchen muenchen мюнхен*
cologne: cologne köln* koeln* кёльн*
hamburg: hamburg* гамбург*
hannover: hannover* hanover ганновер*
heidelberg: heidelberg* гейдельберг*
leipzig: leipzig* лейпциг*
zurich: zurich zürich* zuerich* цюрих*
geneva: geneva genève genf ginevra женев*
brussels: brussels brussel bruxelles brüssel* брюссел*
florence: florence firenze флоренци* флорентийск*
venice: venice venezia венеци*
naples: naples napoli неапол*
turin: turin torino турин*
copenhagen: copenhagen københavn* kopenhagen копенгаген*
lviv: lviv* lvov* lwów* львів* львов*
kharkiv: kharkiv* kharkov* харків* харьков*
odesa: odesa odessa одес*
berlin: berlin* берлин*
rome: rome roma рим римск*
milan: milan milano миланск*
lisbon: lisbon lisboa лиссабон*
istanbul: istanbul* i̇stanbul* стамбул*
ankara: ankara анкар*
beijing: beijing пекин* peking
xinjiang: xinjiang sinkiang синьцзян* шинжаң*
urumqi: urumqi ürümqi ürümchi урумч* үрүмчү* үрімші*
shanghai: shanghai шанхай*
nanjing: nanjing nanking нанкин*
xian: xian сиань*
lanzhou: lanzhou ланьчжоу* ланчжоу*
guangzhou: guangzhou гуанчжоу*
hangzhou: hangzhou ханчжоу*
zhejiang: zhejiang чжэцзян*
chongqing: chongqing чунцин*
chengdu: chengdu чэнду*
sichuan: sichuan сычуан*
tianjin: tianjin тяньцзин*
harbin: harbin харбин*
shandong: shandong шаньдун*
gansu: gansu ганьсу*
henan: henan хэнан*
hunan: hunan хунан*
hebei: hebei хэбэй*
hubei: hubei хубэй*
shanxi: shanxi шаньси*
shaanxi: shensi шэньси*
tokyo: tokyo токио токийск*
delhi: delhi дели делийск*
seoul: seoul сеул*
vilnius: vilnius* вильнюс*
riga: riga рига рижск*
tallinn: tallinn таллин*
budapest: budapest* будапешт*
bucharest: bucharest bucuresti bucurești бухарест*
sofia: sofia софи* софийск*
belgrade: belgrade beograd* белград*
athens: athens афин*
paris: paris* париж*
london: london лондон*
"""
# Words that no institution is known by.
STOP = """
of the and for in at on to a an und der die das für des de la le les du et en e y del do da dos das di
della degli dei il
и в во на по при с из для им имени жана жанындагы және жанындағы va ва huzuridagi ı ve
named after name nomidagi номидаги ном номи ба атындагы атындағы adına imeni
профессиональное негосударственное некоммерческое частное учреждение образовательное учебное заведение окуу жайы ооба
федеральное государственное бюджетное автономное высшего мекемеси қауымдастық нао оао ооо тоо llc jsc ltd inc gmbh ao ао
академика академик акад академигі профессора профессор prof professor acad academician dr doctor
studi gorod город г шаары қаласы shahri
"""
_NAMED_BEFORE = "named after имени им номи imeni im nomli"
_NAMED_AFTER = "nomidagi номидаги атындагы атындағы adına"

_ABBREVIATIONS = tuple(
    (re.compile(pattern, re.IGNORECASE), into)
    for pattern, into in (
        (r"\bун-т\b", "университет"),
        (r"\bин-т\b", "институт"),
        (r"\bгос(?:уд)?\.|\bгос(?=университет|институт|академ|пед|мед|тех)", "государственный "),
        (r"\bнац\.", "национальный "),
        (r"\b(тех|пед|мед)(?=университет|институт|академ)", r"\1 "),
        (r"\bмед\.", "медицинский "),
        (r"\bпед\.", "педагогический "),
        (r"\bтехн?\.", "технический "),
        (r"\bмеждунар?\.", "международный "),
        (r"\buniv\b\.?", "university "),
        (r"\binst\b\.?", "institute "),
        (r"\bintl?\b\.?|\bint'l\b", "international "),
        (r"\bnat'?l\b\.?", "national "),
        (r"\btech\b\.", "technical "),
        (r"\bмам\.", "мамлекеттик "),
        (r"\bмем\.", "мемлекеттік "),
        (r"\bэл[ -]аралык", "международный"),
        (r"\bжалал[ -]абад", "жалалабад"),
        (r"\bдж?алал[ -]абад", "джалалабад"),
        (r"\bjalal[ -]abad", "jalalabad"),
        (r"\bиссык[ -]кул", "иссыккул"),
        (r"\bысык[ -]к[өо]л", "ысыккөл"),
        (r"\b(?:issyk|ysyk)[ -]k[uöo]l", "issykkul"),
        (r"\bалма[ -]ат", "алмаат"),
        (r"\balma[ -]ata", "almaata"),
        (r"\bсельского хозяйства|qishloq xo.?jalig?[iı]?", "agriculture"),
        (r"\bтілдер|\btillar", "language"),
        (r"\b([ld])[’'](?=\w{3})", " "),
        (r"\bсреднеазиат", "средней азиат"),
        (r"\bцентральноазиат", "центральный азиат"),
        (r"\bsaint\b|\bst\.", "st "),
        (r"\ba ?& ?m\b", "aandm"),
        (r"\ba ?& ?t\b", "aandt"),
        # Keys have single letters, and these differ in nothing but one.
        (r"\biit\b", "indian institute of technology"),
        (r"\biiit\b", "institute of information technology"),
        (r"\buniversit(?:y|ies) of applied sciences?|\bуниверситет\w* прикладных наук", "hochschule"),
        # Two provinces: a doubled letter is the whole difference, and keys have single ones.
        (r"\bshaanxi", "shensi"),
        (r"\bxi['’]an\b", "xian"),
    )
)


@lru_cache(maxsize=1)
def _concepts() -> tuple[Mapping[str, str], Mapping[str, tuple[tuple[str, str], ...]]]:
    exact: dict[str, str] = {}
    prefixes: dict[str, list[tuple[str, str]]] = {}
    groups = (("kind", KINDS), ("part", PARTS), ("word", QUALITIES), ("land", COUNTRIES), ("place", PLACES))
    for group, lines in groups:
        for line in lines.strip().splitlines():
            name, patterns = line.split(": ", 1)
            for pattern in patterns.split():
                key = search_key(pattern.rstrip("*"))
                if pattern.endswith("*"):
                    prefixes.setdefault(key[:2], []).append((key, f"{group}:{name}"))
                else:
                    exact.setdefault(key, f"{group}:{name}")
    ordered = {
        start: tuple(sorted(found, key=lambda pair: -len(pair[0]))) for start, found in prefixes.items()
    }
    return MappingProxyType(exact), MappingProxyType(ordered)


def _keys(words: str) -> frozenset[str]:
    return frozenset(key for word in words.split() for key in search_key(word).split())


STOP_KEYS = _keys(STOP)
NAMED_BEFORE_KEYS = _keys(_NAMED_BEFORE) - {"e"}
NAMED_AFTER_KEYS = _keys(_NAMED_AFTER)
_ADJECTIVE = re.compile(r"(?<=\w{3})sk(?:i|aia|oe|ogo|oi|om|ix|u)?$")


@lru_cache(maxsize=1 << 16)
def concept(key: str) -> str:
    """The concept of a word given by its search key: "kind:university", or the bare stem if it has none."""
    exact, prefixes = _concepts()
    if key in exact:
        return exact[key]
    for start, name in prefixes.get(key[:2], ()):
        if key.startswith(start):
            return name
    return _ADJECTIVE.sub("", key) or key


def spelt_out(text: str) -> str:
    """`text` with the usual abbreviations written in full."""
    for pattern, into in _ABBREVIATIONS:
        text = pattern.sub(into, text)
    return text
