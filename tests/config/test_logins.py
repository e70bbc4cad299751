"""The logins of a local run."""

import pytest
from django.contrib.auth import authenticate, get_user_model

from collection.models import Collection
from config.local_secrets import logins

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection():
    return Collection.objects.create(slug="study", title="Study")


def test_both_logins_work_and_the_curator_curates_the_collection(collection, tmp_path, rf):
    curator, admin = logins.ensure(tmp_path, collection)

    assert authenticate(rf.post("/login/"), username="curator", password=curator.password) in collection.curators.all()
    assert authenticate(rf.post("/login/"), username="admin", password=admin.password).is_superuser
    assert not authenticate(rf.post("/login/"), username="curator", password=curator.password).is_staff


def test_a_second_start_returns_the_same_logins(collection, tmp_path):
    first = logins.ensure(tmp_path, collection)

    assert logins.ensure(tmp_path, collection) == first
    assert (tmp_path / "logins.json").stat().st_mode & 0o077 == 0


def test_a_changed_password_is_neither_shown_nor_reset(collection, tmp_path, rf):
    logins.ensure(tmp_path, collection)
    user = get_user_model().objects.get(username="curator")
    user.set_password("my own secret")
    user.save()

    curator, _ = logins.ensure(tmp_path, collection)

    assert str(curator) == "curator / the password that you gave it"
    assert authenticate(rf.post("/login/"), username="curator", password="my own secret")


@pytest.mark.parametrize(
    "text", ["", '{"curator": "abc', "[]", '{"curator": "abcdefghjk"}', '{"curator": 1, "admin": ""}']
)
def test_a_damaged_file_is_replaced(collection, tmp_path, text):
    (tmp_path / "logins.json").write_text(text)

    first = logins.ensure(tmp_path, collection)

    assert all(len(login.password) == logins.LENGTH for login in first)
    assert logins.ensure(tmp_path, collection) == first
    assert [path.name for path in tmp_path.iterdir()] == ["logins.json"]
