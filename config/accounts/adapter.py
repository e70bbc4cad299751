"""Settings of django-allauth as code: no sign-up, our rule for addresses, and a page for failed e-mails."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collection.clients import client_of

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "The username or the password is wrong. Passwords are case-sensitive, usernames are not."
        ),
        "enter_current_password": _("This is not your current password."),
        "account_inactive": _("This account is closed. Ask an administrator to open it again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: administrators create the accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client that the other limits use. All clients without an address share one limit."""
        return client_of(request) or "no address"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a message. If no server accepts it, answer 503 with a sentence that is the same for every address."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # of the connection, and every error of smtplib
            logger.error("Could not send an e-mail: %s", type(error).__name__)
            raise ImmediateHttpResponse(render(context.get("request"), "account/no_email.html", status=503)) from error
