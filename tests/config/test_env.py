"""A wrong setting stops the start, with its name and the values that it accepts."""

import pytest

from config import env


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("KINDRED_UPLOAD_LIMIT_MIB", "fifty", "a whole number of MiB from 1 to 2048"),
        ("KINDRED_PIXEL_LIMIT_MP", "0", "a whole number of megapixels from 1 to 2000"),
        ("KINDRED_DEBUG", "perhaps", "true or false"),
        ("KINDRED_BACKBONE", "../vgg", "a supported network, or two joined by +"),
        ("KINDRED_SECRET_KEY", "short", "a secret of 32 characters or more"),
        ("DATABASE_URL", "mysql://here/kindred", "a PostgreSQL address such as"),
        ("REDIS_URL", "localhost:6379", "a Redis address such as"),
    ],
)
def test_a_wrong_value_is_named_with_the_values_that_are_accepted(monkeypatch, name, value, wanted):
    monkeypatch.setenv(name, value)

    with pytest.raises(env.WrongSettingError) as stop:
        env.read()

    assert str(stop.value).startswith(f"{name} is ")
    assert wanted in str(stop.value)


def test_every_wrong_value_is_named_at_once(monkeypatch):
    monkeypatch.setenv("KINDRED_LEASE_S", "0")
    monkeypatch.setenv("KINDRED_SWEEP_S", "soon")

    with pytest.raises(env.WrongSettingError) as stop:
        env.read()

    assert [line.split()[0] for line in str(stop.value).splitlines()] == ["KINDRED_LEASE_S", "KINDRED_SWEEP_S"]


def test_host_names_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("KINDRED_HOSTS", "art.example.org, www.example.org,")

    assert env.read().hosts == ("art.example.org", "www.example.org")


def test_a_relative_home_becomes_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KINDRED_HOME", "var")

    assert env.read().home == tmp_path / "var"
