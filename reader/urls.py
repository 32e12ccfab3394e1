"""The reader app's pages."""

from django.urls import path

from reader.views import building, exports, masks, people, preview, results, room, steps, studies, versions, way_in

app_name = "reader"
urlpatterns = [
    path("studies/", studies.studies, name="studies"),
    path("studies/new/", building.new_study, name="new_study"),
    path("studies/<uuid:token>/", studies.study, name="study"),
    path("studies/<uuid:token>/edit/", building.edit, name="edit_study"),
    path("studies/<uuid:token>/check/", building.check, name="check_study"),
    path("studies/<uuid:token>/pools/", building.pool_add, name="pool_add"),
    path("studies/<uuid:token>/pools/<int:pool_id>/remove/", building.pool_remove, name="pool_remove"),
    path("studies/<uuid:token>/availability/", building.availability, name="availability"),
    path("studies/<uuid:token>/draw/", building.draw, name="draw"),
    path("studies/<uuid:token>/masks/", masks.masks, name="masks"),
    path("studies/<uuid:token>/masks/everywhere/", masks.mask_all, name="mask_all"),
    path("studies/<uuid:token>/cases/<int:number>/masks/", masks.mask_case, name="mask_case"),
    path("studies/<uuid:token>/cases/<int:number>/preview.png", masks.preview, name="preview"),
    path("studies/<uuid:token>/protocol.json", studies.protocol, name="protocol"),
    path("studies/<uuid:token>/sealing/", studies.sealing, name="sealing"),
    path("studies/<uuid:token>/sealing/stop/", studies.sealing_stop, name="sealing_stop"),
    path("studies/<uuid:token>/invite/", people.invite, name="invite"),
    path("studies/<uuid:token>/places/<int:number>/revoke/", people.revoke, name="revoke"),
    path("studies/<uuid:token>/places/<int:number>/renew/", people.renew, name="renew"),
    path("studies/<uuid:token>/places/<int:number>/remind/", people.remind, name="remind"),
    path("studies/<uuid:token>/preview/", preview.preview, name="preview_room"),
    path("studies/<uuid:token>/preview/<int:trial>/<int:place>.png", preview.preview_image, name="preview_image"),
    path("studies/<uuid:token>/copy/", versions.copy, name="copy_study"),
    path("studies/<uuid:token>/amend/", versions.amend, name="amend_study"),
    path("studies/<uuid:token>/researchers/", people.researcher_add, name="researcher_add"),
    path("studies/<uuid:token>/researchers/<str:username>/remove/", people.researcher_remove, name="researcher_remove"),
    path("studies/<uuid:token>/steps/<slug:verb>/", steps.step, name="step"),
    path("studies/<uuid:token>/results/", results.results, name="results"),
    path("studies/<uuid:token>/exports/study.<str:kind>", exports.whole, name="export_whole"),
    path("studies/<uuid:token>/exports/<str:name>.<str:kind>", exports.table, name="export_table"),
    path("studies/<uuid:token>/figures/<str:name>/<str:theme>.svg", results.figure, name="figure"),
    path("read/<uuid:token>/", room.room, name="room"),
    path("read/<uuid:token>/practice/", room.practice, name="practice"),
    path("read/<uuid:token>/sitting", room.sitting, name="sitting"),
    path("read/<uuid:token>/before/<slug:step>/", way_in.before, name="before"),
    path("read/<uuid:token>/wait/", way_in.wait, name="wait"),
    path("read/<uuid:token>/thanks/", way_in.thanks, name="thanks"),
    path("read/keys", room.room_keys, name="room_keys"),
    path("read/slots/<uuid:token>/images/<int:place>", room.slot_image, name="slot_image"),
    path("read/slots/<uuid:token>/reading", room.slot_reading, name="slot_reading"),
]
