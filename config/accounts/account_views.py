"""The pages of an account. They are those of django-allauth, but write their changes and the audit log together."""

from typing import Any
from urllib.parse import urlencode

from allauth.account import views
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache


class SignIn(views.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the page to return to, if it is on this site, and whether the site can send links."""
        more = {"next": self.get_next_url() or "", "sends_links": settings.KINDRED_SENDS_LINKS}
        return super().get_context_data(**kwargs) | more


class AskForLink(views.PasswordResetView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show who can set a new password if this site sends no e-mails."""
        if not settings.KINDRED_SENDS_LINKS:
            return render(request, "account/no_links.html", status=404)
        return super().dispatch(request, *args, **kwargs)


class ChangePassword(views.PasswordChangeView):
    def form_valid(self, form: object) -> HttpResponse:
        with transaction.atomic():
            return super().form_valid(form)


class ResetPassword(views.PasswordResetFromKeyView):
    def form_valid(self, form: object) -> HttpResponse:
        with transaction.atomic():
            return super().form_valid(form)


@never_cache
def admin_login(request: HttpRequest) -> HttpResponse:
    """Redirect from the admin's own sign-in page to ours. Refuse people who are signed in but are not staff."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied(gettext("The admin is for administrators."))
    asked = request.GET.get("next") or reverse("admin:index")
    return redirect(f"{reverse('login')}?{urlencode({'next': asked})}")
