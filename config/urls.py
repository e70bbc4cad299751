"""The URLs of the site, with those of both apps."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from config.api import api
from config.monitoring import health, metrics

urlpatterns = [
    path("", include("collection.urls")),
    path("", include("similarity.urls")),
    path("", include("config.accounts.urls")),
    path("api/v1/", api.urls),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain"), name="robots"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
]
