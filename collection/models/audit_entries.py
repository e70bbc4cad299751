"""The audit log."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One line of the audit log. A database trigger refuses to change or delete it, see migration 0008.

    It has no foreign keys, so it stays when the work or the account is deleted. The trigger lets `client` be emptied
    once the entry is old, see collection.audit.forgetting.
    """

    at = models.DateTimeField(auto_now_add=True)
    user_id = models.BigIntegerField(null=True)
    user_name = models.CharField(max_length=150, blank=True, help_text="at the time; empty for visitors")
    client = models.CharField(max_length=64, blank=True, help_text="address or IPv6 network")
    verb = models.CharField(max_length=32)
    kind = models.CharField(max_length=32, blank=True, help_text="of the object: work, picture ...")
    object_id = models.BigIntegerField(null=True)
    label = models.CharField(max_length=500, blank=True, help_text="of the object at the time")
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index("at", "id", name="audit_at"),
            models.Index("user_name", "at", "id", name="audit_user"),
            models.Index("verb", "at", "id", name="audit_verb"),
            models.Index("kind", "object_id", "at", "id", name="audit_object"),
            GinIndex(SearchVector("label", config="simple"), name="audit_label"),
        ]

    def __str__(self) -> str:
        return f"{self.user_name or 'somebody'}: {self.verb} {self.label}"
