"""What curators uploaded, and what became of each file."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from collection.models.artworks import ArtworkImage, Collection


class Upload(models.Model):
    """Files that a curator sent together. It is stored so that curators can read the refusals later."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="uploads")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="uploads")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"Upload {self.pk} to {self.collection}"

    def get_absolute_url(self) -> str:
        return reverse("upload-detail", args=[self.pk])


class UploadedFile(models.Model):
    """The outcome of one file: a picture, or a refusal."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    image = models.ForeignKey(ArtworkImage, models.SET_NULL, null=True, related_name="+")
    refusal = models.TextField(blank=True)
    note = models.TextField(blank=True, db_default="", help_text="what else this file did, such as a repair")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name
