from django.urls import path

from collection.audit import audit_views
from collection.views import curating, file_pages, pictures, public, uploads

urlpatterns = [
    path("", public.home, name="home"),
    path("browse/", public.browse, name="browse"),
    path("collections/<slug:slug>/", public.collection, name="collection"),
    path("collections/<slug:slug>/upload/", uploads.upload, name="upload"),
    path("uploads/<int:pk>/", uploads.detail, name="upload-detail"),
    path("uploads/<int:pk>/progress/", uploads.show_progress, name="upload-progress"),
    path("audit/", audit_views.audit, name="audit"),
    path("audit/table.csv", audit_views.download, name="audit-table"),
    path("works/<int:pk>/", public.work, name="work"),
    path("works/<int:pk>/edit/", curating.edit, name="work-edit"),
    path("works/<int:pk>/views/<int:image_pk>/delete/", curating.delete_view, name="view-delete"),
    path("pictures/<int:pk>/<int:side_px>.<slug:extension>", pictures.derivative, name="picture"),
    path("pictures/<int:pk>/original", pictures.original, name="original"),
    path("files/", file_pages.files, name="files"),
    path("files/check/", file_pages.check, name="files-check"),
    path("files/<int:pk>/check/", file_pages.check_one, name="files-check-one"),
    path("files/<int:pk>/rebuild/", file_pages.rebuild, name="files-rebuild"),
]
