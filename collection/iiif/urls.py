from django.urls import path

from collection.iiif import iiif_views, manifest_views

urlpatterns = [
    path("iiif/presentation/3/<int:pk>/manifest.json", manifest_views.manifest, name="iiif-manifest"),
    path("iiif/3/<str:identifier>", iiif_views.base, name="iiif"),
    path("iiif/3/<str:identifier>/info.json", iiif_views.info, name="iiif-info"),
    path(
        "iiif/3/<str:identifier>/<str:region>/<str:size>/<str:rotation>/<str:quality>.<str:extension>",
        iiif_views.part,
        name="iiif-part",
    ),
]
