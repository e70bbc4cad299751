from django.urls import path

from collection.audit import audit_views
from collection.views import (
    browse_pages,
    closeups,
    curating,
    file_pages,
    merge_pages,
    pictures,
    public,
    relation_actions,
    uploads,
)

urlpatterns = [
    path("", public.home, name="home"),
    path("browse/", browse_pages.browse, name="browse"),
    path("browse/suggestions/", browse_pages.suggest, name="suggestions"),
    path("collections/<slug:slug>/", browse_pages.collection, name="collection"),
    path("collections/<slug:slug>/upload/", uploads.upload, name="upload"),
    path("uploads/<int:pk>/", uploads.detail, name="upload-detail"),
    path("uploads/<int:pk>/progress/", uploads.show_progress, name="upload-progress"),
    path("audit/", audit_views.audit, name="audit"),
    path("audit/table.csv", audit_views.download, name="audit-table"),
    path("works/<int:pk>/", public.work, name="work"),
    path("works/<int:pk>/edit/", curating.edit, name="work-edit"),
    path("works/<int:pk>/history/", merge_pages.history, name="work-history"),
    path("works/<int:pk>/merge/<int:other>/", merge_pages.merge_two, name="work-merge"),
    path("works/<int:pk>/relate/<int:other>/", relation_actions.relate, name="work-relate"),
    path("relations/<int:pk>/remove/", relation_actions.remove, name="relation-remove"),
    path("merges/", merge_pages.merges, name="merges"),
    path("merges/table.csv", merge_pages.download, name="merges-table"),
    path("merges/<int:pk>/undo/", merge_pages.undo_one, name="merge-undo"),
    path("works/<int:pk>/views/<int:image_pk>/delete/", curating.delete_view, name="view-delete"),
    path("pictures/<int:pk>/<int:side_px>.<slug:extension>", pictures.derivative, name="picture"),
    path("pictures/<int:pk>/original", pictures.original, name="original"),
    path("pictures/<int:pk>/closeup.jpg", closeups.closeup, name="closeup"),
    path("files/", file_pages.files, name="files"),
    path("files/check/", file_pages.check, name="files-check"),
    path("files/<int:pk>/check/", file_pages.check_one, name="files-check-one"),
    path("files/<int:pk>/rebuild/", file_pages.rebuild, name="files-rebuild"),
]
