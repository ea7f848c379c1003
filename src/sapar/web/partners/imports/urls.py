from __future__ import annotations

from django.urls import URLPattern, path

from sapar.web.partners.imports import desk, rows, views  # noqa: F401 — the desk enters its register

app_name = "imports"
IMPORT = "o/<slug:office>/imports/<int:pk>/"
ROW = "o/<slug:office>/imports/rows/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("o/<slug:office>/imports/", views.home, name="home"),
    path("o/<slug:office>/imports/new/", views.bring, name="new"),
    path(IMPORT, views.batch, name="import"),
    path(f"{IMPORT}columns/", views.columns, name="columns"),
    path(f"{IMPORT}progress/", views.progress, name="progress"),
    path(f"{IMPORT}take/", views.take, name="take"),
    path(f"{IMPORT}undo/", views.undo, name="undo"),
    path(f"{IMPORT}discard/", views.discard, name="discard"),
    path(f"{IMPORT}rejected/", views.rejected, name="rejected"),
    path("o/<slug:office>/imports/rows/match/", rows.match_many, name="match_rows"),
    path("o/<slug:office>/imports/rows/add/", rows.add_many, name="add_rows"),
    path("o/<slug:office>/imports/rows/leave/", rows.leave_many, name="leave_rows"),
    path(ROW, rows.row, name="row"),
    path(f"{ROW}choose/", rows.choose, name="choose"),
    path(f"{ROW}add/", rows.add, name="add"),
    path(f"{ROW}leave/", rows.leave, name="leave"),
]
