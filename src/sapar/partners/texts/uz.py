"""Oʻzbek tilidagi moddalar."""
# ruff: noqa: E501 — a sentence of an agreement reads best in one line

ARTICLES: dict[str, tuple[str, str]] = {
    "parties": (
        "Tomonlar",
        "{home} va {partner}, keyingi oʻrinlarda «Tomonlar», tenglik va oʻzaro manfaat asosida ushbu bitimni tuzadilar.",
    ),
    "intent": (
        "Niyat",
        "Tomonlar bir-birining ishi bilan yaqindan tanishish hamda taʼlim, fan va akademik hayotda hamkorlikdagi ishlarni tayyorlash niyatida.",
    ),
    "purpose": (
        "Predmeti",
        "Bitim Tomonlar birgalikdagi faoliyatni rejalashtiradigan va olib boradigan umumiy qoidalarni belgilaydi.",
    ),
    "fields_of_cooperation": (
        "Hamkorlik yoʻnalishlari",
        "Tomonlar talaba va xodimlar almashishi, konferensiya va maktablarga taklif qilishi, birgalikda dars berishi va ilmiy rahbarlik "
        "qilishi, nashrlar va sifatni taʼminlash tajribasi bilan oʻrtoqlashishi mumkin.",
    ),
    "no_obligations": (
        "Memorandumning tabiati",
        "Memorandum moliyaviy majburiyat tugʻdirmaydi. Birgalikdagi tadbirlar alohida bitimlar bilan belgilanadi.",
    ),
    "implementing": (
        "Alohida bitimlar",
        "Har bir tadbir masʼul shaxslar, muddatlar, xarajatlar va kutilgan natijalar koʻrsatilgan alohida bitimda bayon etiladi.",
    ),
    "costs": (
        "Xarajatlar",
        "Alohida yozma bitimda boshqacha belgilanmagan boʻlsa, har bir Tomon oʻz xarajatini oʻzi qoplaydi.",
    ),
    "contacts": (
        "Aloqa shaxslari",
        "Har bir Tomon aloqani yurituvchi, oʻn ish kuni ichida javob beruvchi shaxsni tayinlaydi va u almashganini ikkinchi Tomonga bildiradi.",
    ),
    "exchange_purpose": (
        "Predmeti",
        "Tomonlar talaba va xodimlarni oʻzaro asosda almashadilar. Almashinuv oʻqish, oʻqitish va malaka oshirishga xizmat qiladi.",
    ),
    "places": (
        "Oʻrinlar",
        "Oʻrinlar jadvali har bir oʻquv yili uchun yoʻnalish, taʼlim sohasi, daraja, oʻrinlar soni va boʻlish muddatini koʻrsatadi. "
        "U bitimning bir qismidir.",
    ),
    "selection": (
        "Tanlov va qabul",
        "Yuboruvchi universitet nomzodlarni eʼlon qilingan mezonlar boʻyicha tanlaydi va yozma ravishda tavsiya etadi. Qabul qiluvchi "
        "universitet oʻttiz kun ichida javob beradi, rad etsa, sababini koʻrsatadi.",
    ),
    "language": (
        "Til",
        "Nomzod borishdan oldin oʻrinlar jadvalida koʻrsatilgan til darajasini tasdiqlaydi. Imkon boʻlsa, Tomonlar til kurslarini taklif etadi.",
    ),
    "fees": (
        "Oʻqish toʻlovi",
        "Almashinuv talabalari oʻqish haqini faqat oʻz universitetiga toʻlaydilar. Qabul qiluvchi universitet oʻqish, roʻyxatga olish va "
        "imtihon uchun haq olmaydi.",
    ),
    "learning_agreement": (
        "Oʻqish toʻgʻrisidagi kelishuv",
        "Borishdan oldin talaba va ikki universitet oʻqish toʻgʻrisidagi kelishuvni imzolaydi: unda xorijdagi fanlar va ular oʻrnini bosadigan "
        "oʻz dasturi qismlari koʻrsatiladi. Oʻzgarishlar semestr boshlanganidan soʻng besh hafta ichida yozma kelishiladi.",
    ),
    "recognition": (
        "Tan olish",
        "Qabul qiluvchi universitet muddat tugaganidan keyin besh hafta ichida transkript beradi. Yuboruvchi universitet kelishilgan va "
        "toʻplangan kreditlarni toʻliq tan oladi.",
    ),
    "support": (
        "Koʻmak",
        "Qabul qiluvchi universitet taklifnoma, viza, roʻyxatga olish va turar joy masalasida yordam beradi, aloqa shaxsini belgilaydi va "
        "almashinuv talabalariga oʻz talabalari bilan teng imkon beradi.",
    ),
    "insurance": (
        "Sugʻurta",
        "Ishtirokchilar butun muddatga tibbiy va baxtsiz hodisadan sugʻurtaga ega boʻladi. Stipendiya qoplamasa, yoʻl va yashash xarajatini ishtirokchi toʻlaydi.",
    ),
    "balance": (
        "Muvozanat",
        "Tomonlar bitim muddatida almashinuv muvozanatiga intiladi va uni yilda bir marta koʻrib chiqadi.",
    ),
    "staff": (
        "Xodimlar",
        "Oʻqituvchining tashrifi haftasiga kamida sakkiz soat mashgʻulotni oʻz ichiga oladi. Tashrif dasturi oldindan kelishiladi va "
        "maʼlumotnoma bilan tasdiqlanadi.",
    ),
    "double_purpose": (
        "Predmeti",
        "Tomonlar bitiruvchilari har bir universitet diplomini oladigan qoʻshma dasturni amalga oshiradi.",
    ),
    "curriculum": (
        "Oʻquv reja",
        "Qoʻshma oʻquv reja, kreditlarning universitetlar oʻrtasida taqsimlanishi va har bir qismning tili ikki universitet har yili "
        "tasdiqlaydigan ilovada keltiriladi.",
    ),
    "degrees": (
        "Diplomlar",
        "Qoʻshma rejani bajarib, bitiruv ishini himoya qilgan talabalar ikkala diplomni va qoʻshma dastur bayon etilgan ilovalarni oladi.",
    ),
    "quality": (
        "Sifat",
        "Har bir Tomondan ikki aʼzosi boʻlgan qoʻshma qoʻmita yilda kamida bir marta yigʻilib, dasturni talabalar bilan birga baholaydi va "
        "yaxshilashni taklif etadi.",
    ),
    "research_purpose": (
        "Predmeti",
        "Tomonlar yillik ish rejalarida belgilangan yoʻnalishlar boʻyicha birgalikda tadqiqot olib boradi.",
    ),
    "research_forms": (
        "Ish shakllari",
        "Tomonlar qoʻshma guruhlar tuzadi, tadqiqotchi va doktorantlarni qabul qiladi, laboratoriya va maʼlumotlarni boʻlishadi, "
        "moliyalashtirishga birga ariza beradi.",
    ),
    "results": (
        "Natijalar va huquqlar",
        "Tomon olib kelgan narsa uning oʻziniki boʻlib qoladi. Loyiha shartnomasida boshqacha belgilanmagan boʻlsa, birgalikdagi natijalarga "
        "huquq hissasiga qarab ikkala Tomonga tegishli.",
    ),
    "publication": (
        "Nashr etish",
        "Birgalikdagi natijalar birga nashr etiladi. Har bir Tomon tayyorlanayotgan nashrni ikkinchisiga oʻttiz kun oldin koʻrsatadi.",
    ),
    "data": (
        "Shaxsiy maʼlumotlar",
        "Tomonlar shaxsiy maʼlumotlarni faqat bitim talab qilgan hajmda beradi, ularni xavfsiz saqlaydi va kerak boʻlmaganda ikki davlat "
        "qonunlariga muvofiq oʻchiradi.",
    ),
    "disputes": (
        "Nizolar",
        "Kelishmovchiliklar masʼul shaxslarning, kelishuv boʻlmasa, Tomonlar rahbarlarining muzokarasi bilan hal etiladi.",
    ),
    "changes": (
        "Oʻzgartirishlar",
        "Oʻzgartirish va qoʻshimchalar yozma shaklda kiritilib, ikkala Tomon imzolaydi.",
    ),
    "term": (
        "Muddati va bekor qilinishi",
        "Bitim birinchi sahifada koʻrsatilgan kundan kuchga kiradi. Har bir Tomon {notice} oy oldin yozma ogohlantirib, uni bekor qilishi "
        "mumkin; boshlangan almashinuvlar oxiriga yetkaziladi.",
    ),
}
