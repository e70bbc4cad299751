"""The account's pages: those of django-allauth, with their changes in one transaction with the audit log."""

from typing import Any
from urllib.parse import urlencode

from allauth.account import views
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache


class SignIn(views.LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Pass on where the person comes from, if that is on this site, and whether links can be sent."""
        more = {"next": self.get_next_url() or "", "sends_links": settings.KINDRED_SENDS_LINKS}
        return super().get_context_data(**kwargs) | more


class AskForLink(views.PasswordResetView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say who sets a new password if this site sends no e-mails."""
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
    """Send people from the admin's own sign-in page to ours. Refuse those who are signed in and no staff."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied("The admin is for administrators.")
    asked = request.GET.get("next") or reverse("admin:index")
    return redirect(f"{reverse('login')}?{urlencode({'next': asked})}")
