"""What tests of uploads share: a signed-in browser, files, and the ways to send them."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from collection.models import Upload
from tests.factories import painted


def signed_in(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def a_file(seed: int, name: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name or f"{seed}.jpg", painted(seed), "image/jpeg")


def send(browser: Client, *files: SimpleUploadedFile, collection: str = "art", **fields):
    return browser.post(f"/collections/{collection}/upload/", {"files": list(files), **fields})


def send_as_script(browser: Client, *files: SimpleUploadedFile, **fields):
    headers = {"accept": "application/json"}
    return browser.post("/collections/art/upload/", {"files": list(files), **fields}, headers=headers)


def an_upload(browser: Client, *files: SimpleUploadedFile, **fields) -> Upload:
    send(browser, *files, **fields)
    return Upload.objects.get()


def refusals(upload: Upload) -> dict[str, str]:
    return dict(upload.files.values_list("name", "refusal"))
