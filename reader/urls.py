"""The reader app's pages."""

from django.urls import include, path

from reader.views import (
    analysing,
    building,
    exports,
    masks,
    people,
    planning,
    preview,
    preview_way_in,
    results,
    room,
    steps,
    studies,
    versions,
    way_in,
)

app_name = "reader"
# What is asked for at every image stands first: an address is looked up from the top.
reading = [
    path("slots/<uuid:token>/images/<int:place>", room.slot_image, name="slot_image"),
    path("slots/<uuid:token>/reading", room.slot_reading, name="slot_reading"),
    path("<uuid:token>/", room.room, name="room"),
    path("<uuid:token>/practice/", room.practice, name="practice"),
    path("<uuid:token>/sitting", room.sitting, name="sitting"),
    path("<uuid:token>/before/<slug:step>/", way_in.before, name="before"),
    path("<uuid:token>/wait/", way_in.wait, name="wait"),
    path("<uuid:token>/thanks/", way_in.thanks, name="thanks"),
    path("keys", room.room_keys, name="room_keys"),
]
of_studies = [
    path("", studies.studies, name="studies"),
    path("new/", building.new_study, name="new_study"),
    path("<uuid:token>/", studies.study, name="study"),
    path("<uuid:token>/edit/", building.edit, name="edit_study"),
    path("<uuid:token>/check/", building.check, name="check_study"),
    path("<uuid:token>/pools/", building.pool_add, name="pool_add"),
    path("<uuid:token>/pools/<int:pool_id>/remove/", building.pool_remove, name="pool_remove"),
    path("<uuid:token>/availability/", building.availability, name="availability"),
    path("<uuid:token>/draw/", building.draw, name="draw"),
    path("<uuid:token>/masks/", masks.masks, name="masks"),
    path("<uuid:token>/masks/everywhere/", masks.mask_all, name="mask_all"),
    path("<uuid:token>/cases/<int:number>/masks/", masks.mask_case, name="mask_case"),
    path("<uuid:token>/cases/<int:number>/preview.png", masks.preview, name="preview"),
    path("<uuid:token>/protocol.json", studies.protocol, name="protocol"),
    path("<uuid:token>/sealing/", studies.sealing, name="sealing"),
    path("<uuid:token>/sealing/stop/", studies.sealing_stop, name="sealing_stop"),
    path("<uuid:token>/invite/", people.invite, name="invite"),
    path("<uuid:token>/places/<int:number>/revoke/", people.revoke, name="revoke"),
    path("<uuid:token>/places/<int:number>/renew/", people.renew, name="renew"),
    path("<uuid:token>/places/<int:number>/remind/", people.remind, name="remind"),
    path("<uuid:token>/preview/", preview.preview, name="preview_room"),
    path("<uuid:token>/preview/before/<slug:step>/", preview_way_in.preview_before, name="preview_before"),
    path("<uuid:token>/preview/<int:trial>/<int:place>.png", preview.preview_image, name="preview_image"),
    path("<uuid:token>/copy/", versions.copy, name="copy_study"),
    path("<uuid:token>/amend/", versions.amend, name="amend_study"),
    path("<uuid:token>/researchers/", people.researcher_add, name="researcher_add"),
    path("<uuid:token>/researchers/<str:username>/remove/", people.researcher_remove, name="researcher_remove"),
    path("<uuid:token>/steps/<slug:verb>/", steps.step, name="step"),
    path("<uuid:token>/results/", results.results, name="results"),
    path("<uuid:token>/exports/study.<str:kind>", exports.whole, name="export_whole"),
    path("<uuid:token>/exports/<str:name>.<str:kind>", exports.table, name="export_table"),
    path("<uuid:token>/figures/<str:name>/<str:theme>.svg", results.figure, name="figure"),
]
urlpatterns = [
    path("read/", include(reading)),
    path("studies/", include(of_studies)),
    path("analyse/", analysing.analysing, name="analysing"),
    path("planning/", planning.planning, name="planning"),
    path("planning/pilot/", planning.pilot, name="plan_pilot"),
    path("planning/power/<str:theme>.svg", planning.power, name="plan_power"),
]
