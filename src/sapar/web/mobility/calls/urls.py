from __future__ import annotations

from django.urls import URLPattern, path

from sapar.web.mobility.calls import desk as desk
from sapar.web.mobility.calls.views import applications, calls, guests, placing, steps, studies

app_name = "calls"
CALL = "o/<slug:office>/calls/<int:pk>/"
APPLICATION = "o/<slug:office>/applications/<int:pk>/"
RUN = "o/<slug:office>/runs/<int:pk>/"
GUEST = "l/<str:key>/application/"
urlpatterns: list[URLPattern] = [
    path("o/<slug:office>/calls/", calls.home, name="home"),
    path("o/<slug:office>/calls/new/", calls.new, name="new"),
    path(CALL, calls.call, name="call"),
    path(CALL + "change/", calls.change, name="change"),
    path(CALL + "places/", calls.places, name="places"),
    path(CALL + "places/<int:place_pk>/", calls.place, name="place"),
    path(CALL + "open/", calls.open_, name="open"),
    path(CALL + "close/", calls.close, name="close"),
    path(CALL + "reopen/", calls.reopen, name="reopen"),
    path(CALL + "finish/", calls.finish, name="finish"),
    path(CALL + "placing/", placing.placing, name="placing"),
    path(CALL + "refill/", placing.refill, name="refill"),
    path(RUN, placing.run, name="run"),
    path(RUN + "progress/", placing.progress, name="progress"),
    path(RUN + "people/", placing.people, name="people"),
    path(RUN + "adopt/", placing.adopt, name="adopt"),
    path(RUN + "check/", placing.verify, name="verify"),
    path(RUN + "minutes/", placing.minutes, name="minutes"),
    path("o/<slug:office>/applications/", applications.applications, name="applications"),
    path("o/<slug:office>/applications/accept/", applications.accept_many, name="accept_many"),
    path(APPLICATION, applications.application, name="application"),
    path(APPLICATION + "accept/", applications.accept, name="accept"),
    path(APPLICATION + "ask/", applications.ask, name="ask"),
    path(APPLICATION + "reject/", applications.reject, name="reject"),
    path(APPLICATION + "message/", applications.message, name="message"),
    path(APPLICATION + "invite/", applications.invite, name="invite"),
    path(APPLICATION + "withdraw/", applications.withdraw, name="withdraw"),
    path(APPLICATION + "review/", applications.review, name="review"),
    path(APPLICATION + "papers/<int:file_pk>/", applications.paper, name="paper"),
    path(APPLICATION + "letters/<int:paper_pk>/", applications.letter, name="letter"),
    path("o/<slug:office>/appeals/<int:pk>/answer/", applications.answer_appeal, name="answer_appeal"),
    path("o/<slug:office>/studies/", studies.studies, name="studies"),
    path("o/<slug:office>/studies/<int:pk>/", studies.sheet, name="sheet"),
    path("o/<slug:office>/studies/<int:pk>/refused/", studies.refused, name="refused"),
    path("c/<slug:office>/<int:pk>/", guests.public, name="public"),
    path("c/<slug:office>/<int:pk>/asked/", guests.asked, name="asked"),
    path(GUEST, guests.apply, name="apply"),
    path(GUEST + "submit/", guests.submit, name="submit"),
    path(GUEST + "reopen/", guests.reopen, name="guest_reopen"),
    path(GUEST + "withdraw/", guests.withdraw, name="guest_withdraw"),
    path(GUEST + "confirm/", guests.confirm, name="guest_confirm"),
    path(GUEST + "decline/", guests.decline, name="guest_decline"),
    path(GUEST + "appeal/", guests.appeal, name="guest_appeal"),
    path(GUEST + "message/", guests.message, name="guest_message"),
    path(GUEST + "papers/<int:file_pk>/", guests.paper, name="guest_paper"),
    path(GUEST + "letters/<int:paper_pk>/", guests.letter, name="guest_letter"),
    path(GUEST + "<slug:name>/", steps.step, name="step"),
]
