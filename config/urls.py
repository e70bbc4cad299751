"""The URLs of the site, with those of both apps."""

from django.contrib import admin
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path
from django.views.generic import TemplateView

from config.api import api
from config.appearance import appearance_views
from config.languages import visitor_language
from config.monitoring import health, metrics
from config.serving.sitemaps import SITEMAPS

handler500 = "config.appearance.appearance_views.server_error"
urlpatterns = [
    path("", include("collection.urls")),
    path("", include("similarity.urls")),
    path("", include("config.accounts.urls")),
    path("appearance/<int:pk>-<slug:digest>.css", appearance_views.style_sheet, name="appearance-css"),
    path("appearance/<slug:sha256>.png", appearance_views.logo, name="appearance-logo"),
    path("appearance/<int:pk>/publish/", appearance_views.publish, name="appearance-publish"),
    path("api/v1/", api.urls),
    path("language/", visitor_language.set_language, name="set-language"),
    path("language/<slug:language>.js", visitor_language.script_texts, name="script-texts"),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain"), name="robots"),
    path("sitemap.xml", index, {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-part"}, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap-part"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
]
