"""The secret key that a local run creates."""

import pytest

from config.local_secrets import atomic_files, secret_key


def test_the_key_is_created_once_and_only_its_owner_can_read_it(tmp_path):
    home = tmp_path / "home"

    key = secret_key.kept_in(home)

    assert len(key) >= secret_key.SHORTEST
    assert secret_key.kept_in(home) == key
    assert (home / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "half-a-k"])
def test_a_truncated_key_is_replaced(tmp_path, text):
    (tmp_path / "secret-key").write_text(text)

    key = secret_key.kept_in(tmp_path)

    assert len(key) >= secret_key.SHORTEST
    assert secret_key.kept_in(tmp_path) == key


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "secret-key"
    atomic_files.keep(path, "old")

    with pytest.raises(UnicodeEncodeError):
        atomic_files.keep(path, "new \udc80")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
