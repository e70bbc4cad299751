"""What curators uploaded, and what became of each file."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collection.models.artworks import ArtworkImage, Collection


class Upload(models.Model):
    """Files that a curator sent together. It is stored so that curators can read the refusals later."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="uploads", verbose_name=_("collection"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="uploads", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self) -> str:
        return f"Upload {self.pk} to {self.collection}"

    def get_absolute_url(self) -> str:
        return reverse("upload-detail", args=[self.pk])


class UploadedFile(models.Model):
    """The outcome of one file: a picture, or a refusal."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="files")
    name = models.CharField(_("name"), max_length=255)
    image = models.ForeignKey(ArtworkImage, models.SET_NULL, null=True, related_name="+", verbose_name=_("picture"))
    refusal = models.TextField(_("refusal"), blank=True)
    note = models.TextField(blank=True, db_default="", help_text="what else this file did, such as a repair")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")

    def __str__(self) -> str:
        return self.name
