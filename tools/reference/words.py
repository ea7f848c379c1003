"""The main words of the pages in the five languages, as the translations have them."""

from __future__ import annotations

from tools.messages import LANGUAGES, load
from tools.reference.markdown import table

# Strings of the pages; one that is no longer there ends the building of the documentation.
WORDS = (
    "Desk",
    "Partner",
    "Agreement",
    "Memorandum of understanding",
    "Exchange agreement",
    "Double degree agreement",
    "Organisation",
    "Faculty",
    "Country",
    "Call",
    "Places",
    "Applications",
    "Wishes",
    "dry run",
    "on the reserve list",
    "Appeal",
    "Stays",
    "outgoing",
    "incoming",
    "nominated",
    "Learning agreement",
    "Sending institution",
    "Receiving institution",
    "Student",
    "Transcript of records",
    "Credits",
    "Mark",
    "Recognition",
    "recognised in full",
    "recognised in part",
    "not recognised",
    "Equivalences",
    "Grade scale",
    "Group visits",
    "Certificate of stay",
    "Order on recognition",
    "Protocol on recognition",
    "Report",
    "Released",
    "in force",
    "expired",
    "terminated",
    "International officer",
    "Faculty coordinator",
    "Reviewer of applications",
    "Rector",
    "Vice-rector",
    "Legal department",
    "Administrator",
    "Academic year",
    "Activity log",
)


def words() -> str:
    catalogs = [load(language) for language in LANGUAGES]
    return table(
        ("English", "Russian", "Kyrgyz", "Kazakh", "Uzbek"),
        [(word, *(str(catalog[word].string) for catalog in catalogs)) for word in WORDS],
    )
