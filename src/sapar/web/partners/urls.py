from __future__ import annotations

from django.urls import URLPattern, path

from sapar.web.partners import desk, finding  # noqa: F401 — they enter the registers of the shell
from sapar.web.partners.views import agreements, drafting, guest, partners, route
from sapar.web.partners.views import map as world

app_name = "partners"
PARTNER = "o/<slug:office>/partners/<int:pk>/"
AGREEMENT = "o/<slug:office>/agreements/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("o/<slug:office>/partners/", partners.home, name="home"),
    path("o/<slug:office>/partners/map/", world.world, name="map"),
    path("o/<slug:office>/partners/add/", partners.add, name="add"),
    path("o/<slug:office>/partners/new/", partners.new_organisation, name="new"),
    path(PARTNER, partners.partner, name="partner"),
    path(f"{PARTNER}change/", partners.change, name="change"),
    path(f"{PARTNER}talk/", partners.talk, name="talk"),
    path(f"{PARTNER}contacts/new/", partners.new_contact, name="new_contact"),
    path("o/<slug:office>/contacts/<int:pk>/", partners.contact, name="contact"),
    path("o/<slug:office>/contacts/<int:pk>/remove/", partners.drop_contact, name="drop_contact"),
    path(f"{PARTNER}agreement/", drafting.draft_for, name="draft_for"),
    path("o/<slug:office>/agreements/", agreements.agreements, name="agreements"),
    path("o/<slug:office>/agreements/new/", drafting.choose_partner, name="new_agreement"),
    path(AGREEMENT, agreements.agreement, name="agreement"),
    path(f"{AGREEMENT}edit/", drafting.edit, name="edit"),
    path(f"{AGREEMENT}places/", drafting.edit_places, name="edit_places"),
    path(f"{AGREEMENT}texts/", drafting.edit_texts, name="edit_texts"),
    path(f"{AGREEMENT}read/", agreements.read, name="read"),
    path(f"{AGREEMENT}versions/<int:number>/", agreements.version, name="version"),
    path(f"{AGREEMENT}versions/<int:number>/changes/", agreements.changes, name="changes"),
    path(f"{AGREEMENT}draft.<str:kind>", agreements.draft, name="draft"),
    path(f"{AGREEMENT}files/<int:file>/", agreements.file, name="file"),
    path(f"{AGREEMENT}send/", route.send, name="send"),
    path(f"{AGREEMENT}answer/", route.answer, name="answer"),
    path(f"{AGREEMENT}take-back/", route.take_back, name="take_back"),
    path(f"{AGREEMENT}invite/", route.invite, name="invite"),
    path(f"{AGREEMENT}issue/", route.issue, name="issue"),
    path(f"{AGREEMENT}sign/", route.sign, name="sign"),
    path(f"{AGREEMENT}scan/", route.scan, name="scan"),
    path(f"{AGREEMENT}terminate/", route.end, name="terminate"),
    path(f"{AGREEMENT}give-up/", route.abandon, name="give_up"),
    path(f"{AGREEMENT}continue/", route.carry_on, name="continue"),
    path(f"{AGREEMENT}memo/", route.memo, name="memo"),
    path(f"{AGREEMENT}memo.docx", route.memo_docx, name="memo_docx"),
    path(f"{AGREEMENT}obligations/new/", route.add_duty, name="add_obligation"),
    path("o/<slug:office>/obligations/<int:pk>/", route.finish_duty, name="finish_obligation"),
    path("l/<str:key>/agreement/", guest.answer, name="answer_link"),
    path("l/<str:key>/agreement/draft.<str:kind>", guest.paper, name="answer_paper"),
]
