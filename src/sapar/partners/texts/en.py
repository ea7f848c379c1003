"""Articles in English."""
# ruff: noqa: E501 — a sentence of an agreement reads best in one line

ARTICLES: dict[str, tuple[str, str]] = {
    "parties": (
        "Parties",
        "{home} and {partner}, hereinafter the parties, conclude this agreement on the basis of equality and mutual benefit.",
    ),
    "intent": (
        "Intent",
        "The parties intend to get to know each other's work and to prepare joint undertakings in teaching, research and academic life.",
    ),
    "purpose": (
        "Purpose",
        "This agreement sets the common rules under which the parties plan and carry out joint activities.",
    ),
    "fields_of_cooperation": (
        "Fields of cooperation",
        "The parties may exchange students and staff, invite each other to conferences and schools, teach and supervise jointly, "
        "and exchange publications and experience in quality assurance.",
    ),
    "no_obligations": (
        "Nature of this memorandum",
        "This memorandum creates no financial obligations. What the parties undertake together is settled in separate agreements.",
    ),
    "implementing": (
        "Implementing agreements",
        "Each activity is described in a separate agreement that names the people responsible, the dates, the costs and the expected results.",
    ),
    "costs": (
        "Costs",
        "Each party bears its own costs unless a separate written agreement says otherwise.",
    ),
    "contacts": (
        "Contacts",
        "Each party names a person who keeps the contact, answers within ten working days and informs the other party of any change of person.",
    ),
    "exchange_purpose": (
        "Purpose",
        "The parties exchange students and staff on a mutual basis. The exchange serves study, teaching and the training of staff.",
    ),
    "places": (
        "Places",
        "The table of places states for each academic year the direction, field, level, number of places and length of stay. "
        "It is part of this agreement.",
    ),
    "selection": (
        "Selection and admission",
        "The sending university selects candidates by published criteria and nominates them in writing. The receiving university "
        "answers within thirty days and gives reasons when it declines a candidate.",
    ),
    "language": (
        "Language",
        "Candidates show the level of language named in the table of places before their stay begins. Both parties offer "
        "language courses where they can.",
    ),
    "fees": (
        "Fees",
        "Exchange students pay tuition to their home university only. The receiving university charges no tuition, "
        "registration or examination fees.",
    ),
    "learning_agreement": (
        "Learning agreement",
        "Before the stay the student and both universities sign a learning agreement that lists the courses abroad and the parts "
        "of the home programme they replace. Changes are agreed in writing within five weeks of the beginning of the term.",
    ),
    "recognition": (
        "Recognition",
        "The receiving university issues a transcript of records within five weeks of the end of the stay. The sending university "
        "recognises in full the credits agreed and passed.",
    ),
    "support": (
        "Support",
        "The receiving university helps with invitation, visa, registration and accommodation, names a contact person and gives "
        "exchange students the same access to its facilities as its own students.",
    ),
    "insurance": (
        "Insurance",
        "Participants have health and accident insurance for their whole stay. Travel and living costs are borne by the "
        "participant unless a grant covers them.",
    ),
    "balance": (
        "Balance",
        "The parties aim at a balanced exchange over the term of this agreement and look at the balance once a year.",
    ),
    "staff": (
        "Staff",
        "Teaching stays comprise at least eight hours of teaching a week. A programme for each stay is agreed beforehand and "
        "confirmed by a certificate.",
    ),
    "double_purpose": (
        "Purpose",
        "The parties run a joint course of study whose graduates receive a degree of each university.",
    ),
    "curriculum": (
        "Curriculum",
        "The joint curriculum, the division of credits between the universities and the language of each part are set out in an "
        "annex that both universities confirm every year.",
    ),
    "degrees": (
        "Degrees",
        "Students who complete the joint curriculum and defend their final work receive both degrees and diploma supplements "
        "that describe the joint course.",
    ),
    "quality": (
        "Quality",
        "A joint committee with two members of each party meets at least once a year, evaluates the course with its students "
        "and proposes improvements.",
    ),
    "research_purpose": (
        "Purpose",
        "The parties carry out joint research in the fields that they name in yearly work plans.",
    ),
    "research_forms": (
        "Forms of work",
        "The parties form joint groups, host visiting researchers and doctoral candidates, share laboratories and data, and "
        "apply together for funding.",
    ),
    "results": (
        "Results and rights",
        "What a party brings along remains its own. Rights in joint results belong to both parties in proportion to their "
        "contribution, unless a project agreement says otherwise.",
    ),
    "publication": (
        "Publication",
        "Joint results are published jointly. Each party shows a planned publication to the other thirty days in advance.",
    ),
    "data": (
        "Personal data",
        "The parties pass on personal data only as far as this agreement requires, keep them safe, and delete them when they are "
        "no longer needed, as the laws of both countries demand.",
    ),
    "disputes": (
        "Disputes",
        "Differences are settled by negotiation between the people responsible and, failing that, between the heads of the parties.",
    ),
    "changes": (
        "Changes",
        "Changes and additions are made in writing and signed by both parties.",
    ),
    "term": (
        "Term and termination",
        "This agreement begins on the day named on its first page. Either party may terminate it in writing with {notice} months' "
        "notice; exchanges that have begun are brought to their end.",
    ),
}
