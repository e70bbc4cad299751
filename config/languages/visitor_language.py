"""The language of a response: what the visitor chose in the footer, or else what the browser accepts."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import JavaScriptCatalog
from django.views.i18n import set_language as remember_language

TRANSLATED = ("text/html", "application/json")
WITHOUT_TEXTS = "/iiif/"  # numbers only, which many clients share
KEPT_S = 3600


class ChooseLanguage(LocaleMiddleware):
    """Activate the language of a request. Name it in responses with text, so that caches keep each language apart.

    Pictures and style sheets are the same in every language, so they keep their headers.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_text = response.get("Content-Type", "").startswith(TRANSLATED)
        if not is_text or request.path.startswith(WITHOUT_TEXTS):
            return response
        patch_vary_headers(response, ["Cookie"])
        return super().process_response(request, response)


@csrf_exempt
def set_language(request: HttpRequest) -> HttpResponse:
    """Store the visitor's choice in a cookie. A token would put another cookie on every page, which has the switch.

    A page of another site can send this form, too. All that it can do is change the language.
    """
    return remember_language(request)


def script_texts(request: HttpRequest, language: str) -> HttpResponseBase:
    """Return the texts of scripts in one language, as Django's JavaScriptCatalog."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        response = JavaScriptCatalog.as_view(packages=["config"])(request)
    response["Cache-Control"] = f"public, max-age={KEPT_S}"
    return response
