from __future__ import annotations

from django.urls import path

from sapar.web.mobility.exchanges import desk as desk  # adds its lines to the desk and the search
from sapar.web.mobility.exchanges import lists
from sapar.web.mobility.exchanges.views import (
    guests,
    learning,
    nominations,
    recognition,
    record,
    scales,
    transcripts,
)

app_name = "exchanges"
S = "o/<slug:office>/stays/"
V = S + "<int:pk>/agreements/<int:number>/"
R = "o/<slug:office>/recognition/"
urlpatterns = [
    path(S, lists.stays, name="home"),
    path(S + "nominate/", nominations.nominate, name="nominate"),
    path(S + "new/", nominations.new, name="new"),
    path(S + "nominations/", nominations.nominations, name="nominations"),
    path(S + "nominations/<int:pk>/", nominations.send, name="send_nominations"),
    path(S + "<int:pk>/", record.exchange, name="exchange"),
    path(S + "<int:pk>/answer/", record.answer, name="answer"),
    path(S + "<int:pk>/arrive/", record.arrive, name="arrive"),
    path(S + "<int:pk>/leave/", record.leave, name="leave"),
    path(S + "<int:pk>/dates/", record.replan, name="replan"),
    path(S + "<int:pk>/cancel/", record.cancel, name="cancel"),
    path(S + "<int:pk>/link/<slug:purpose>/", record.link, name="link"),
    path(S + "<int:pk>/files/", record.add_file, name="add_file"),
    path(S + "<int:pk>/files/<int:file>/", record.file, name="file"),
    path(S + "<int:pk>/certificate/", record.certificate, name="certificate"),
    path(S + "<int:pk>/agreement/", learning.edit, name="learning"),
    path(V, learning.version, name="version"),
    path(V + "send/", learning.send, name="send_version"),
    path(V + "sign/", learning.sign, name="sign_version"),
    path(V + "void/", learning.void, name="void_version"),
    path(V + "issue/", learning.issue, name="issue_version"),
    path(V + "agreement.<slug:kind>", learning.paper, name="version_paper"),
    path(S + "<int:pk>/transcripts/new/", transcripts.new, name="transcript_new"),
    path(S + "<int:pk>/transcripts/<int:transcript>/", transcripts.transcript, name="transcript"),
    path(S + "<int:pk>/transcripts/<int:transcript>/file/", transcripts.file, name="transcript_file"),
    path(S + "<int:pk>/transcripts/<int:transcript>/issue/", transcripts.issue, name="transcript_paper"),
    path(S + "<int:pk>/recognition/", recognition.recognition, name="recognition"),
    path(S + "<int:pk>/recognition/commission/", recognition.commission, name="commission"),
    path(S + "<int:pk>/recognition/groups/<int:group>/", recognition.decide, name="decide"),
    path(S + "<int:pk>/recognition/accept/", recognition.accept, name="accept_suggestions"),
    path(S + "<int:pk>/recognition/close/", recognition.close, name="close_case"),
    path(S + "<int:pk>/recognition/order/", recognition.order, name="order"),
    path(S + "<int:pk>/recognition/<slug:what>.<slug:kind>", recognition.paper, name="case_paper"),
    path(R + "equivalences/", lists.equivalences, name="equivalences"),
    path(R + "equivalences/<int:pk>/", recognition.equivalence, name="equivalence"),
    path(R + "equivalences/<int:pk>/evidence/", recognition.evidence, name="evidence"),
    path(R + "scales/", scales.scales, name="scales"),
    path(R + "scales/new/", scales.edit_scale, name="new_scale"),
    path(R + "scales/<str:code>/", scales.scale, name="scale"),
    path(R + "scales/<str:code>/edit/", scales.edit_scale, name="edit_scale"),
    path(R + "rules/", scales.rules, name="rules"),
    path(R + "counts/new/", scales.new_counts, name="new_counts"),
    path(R + "counts/<int:pk>/", scales.counts, name="counts"),
    path("l/<str:key>/nominations/", guests.answer, name="answer_nominations"),
    path("l/<str:key>/learning-agreement/", guests.sign, name="sign"),
    path("l/<str:key>/learning-agreement/agreement.pdf", guests.sign_pdf, name="sign_pdf"),
    path("l/<str:key>/stay/", guests.stay, name="stay"),
    path("l/<str:key>/stay/agreement.pdf", guests.stay_pdf, name="stay_pdf"),
    path("l/<str:key>/stay/files/<int:file>/", guests.stay_file, name="stay_file"),
    path("l/<str:key>/transcript/", guests.give_transcript, name="give_transcript"),
]
