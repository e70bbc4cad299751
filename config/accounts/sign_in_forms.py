"""The forms of an account's pages: those of django-allauth with our labels."""

from typing import Any

from allauth.account import forms as allauth_forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

RULES = _("At least 8 characters, not only digits, and not a common password.")


class SignInForm(allauth_forms.LoginForm):
    """The field is named `username`, as in Django's own form, because browsers have saved passwords for this name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username")
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "none"}
        self.fields["password"].help_text = ""  # the page links to the reset itself
        without_placeholders(self)

    def add_prefix(self, field_name: str) -> str:
        return super().add_prefix("username" if field_name == "login" else field_name)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].help_text = ""
        name_new_passwords(self)


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        without_placeholders(self)

    def clean_email(self) -> str:
        """Find the active accounts with this address. Earlier addresses of an account do not count.

        Return the address as the first account spells it, so that no other spelling receives the link.
        """
        typed: str = self.cleaned_data["email"]
        found = get_user_model().objects.filter(email__iexact=typed, is_active=True).order_by("pk")
        self.users = [user for user in found if user.email.lower() == typed.lower()]
        return self.users[0].email if self.users else typed


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_new_passwords(self)


def name_new_passwords(form: Any) -> None:
    form.fields["password1"].label, form.fields["password1"].help_text = _("New password"), RULES
    form.fields["password2"].label, form.fields["password2"].help_text = _("New password again"), ""
    without_placeholders(form)


def without_placeholders(form: Any) -> None:
    """Remove the placeholders, which repeat the labels."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
