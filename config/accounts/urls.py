"""The addresses of the pages for signing in and for passwords. django-allauth needs the names with account_."""

from collections.abc import Callable

from allauth.account import views
from django.http import HttpResponseBase
from django.urls import path, re_path
from django.views.generic import RedirectView, TemplateView

from config.accounts import account_views

# The admin's own sign-in and password pages do not have our limits, so they redirect to ours.
admin_patterns = [
    path("admin/login/", account_views.admin_login),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
]
sign_in = account_views.SignIn.as_view()
sign_out = views.LogoutView.as_view(http_method_names=["post"])
reset_done = views.password_reset_from_key_done


def page(template_name: str) -> Callable[..., HttpResponseBase]:
    return TemplateView.as_view(template_name=template_name)


urlpatterns = [
    *admin_patterns,
    path("login/", sign_in, name="login"),
    path("login/", sign_in, name="account_login"),
    path("logout/", sign_out, name="logout"),
    path("logout/", sign_out, name="account_logout"),
    path("account/password/", account_views.ChangePassword.as_view(), name="account_change_password"),
    path("account/password/reset/", account_views.AskForLink.as_view(), name="account_reset_password"),
    path("account/password/reset/sent/", views.password_reset_done, name="account_reset_password_done"),
    path("account/password/reset/done/", reset_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account_views.ResetPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("account/closed/", page("account/account_inactive.html"), name="account_inactive"),
    path("account/new/", page("account/signup_closed.html"), name="account_signup"),
]
