"""The official validator of the IIIF Image API, against a live server with its own test picture."""

import pytest

from tests.collection.iiif import zoomable

# The validator imports python-magic, which needs the library libmagic of the system.
validator = pytest.importorskip("iiif_validator.validator", exc_type=ImportError)

VERSION, LEVEL = "3.0", 2
# Parts of level 3 that the service offers too.
EXTRA = [
    "linkheader_canonical",
    "linkheader_profile",
    "rot_full_non90",
    "rot_mirror",
    "rot_mirror_180",
    "rot_region_non90",
]


@pytest.fixture
def service(transactional_db, live_server, media) -> tuple[str, str]:
    """The server's address without a scheme, and the identifier of the official test picture."""
    if not zoomable.OFFICIAL.is_file():
        pytest.skip(f"the official test picture is not at {zoomable.OFFICIAL}")
    image = zoomable.a_zoomable(data=zoomable.OFFICIAL.read_bytes())
    return live_server.url.removeprefix("http://"), str(image.pk)


@pytest.fixture(scope="module")
def suite():
    """All tests of the validator. One part of a test is wrong and left out: it expects 400 for !2000,3000.

    By the standard (4.2) the answer to !w,h "MUST be as large as possible but not larger than the extracted region", so
    such a request never enlarges and is no error. tests/collection/iiif/test_sizes.py has that promise.
    """
    found = validator.TestSuite(validator.ValidationInfo())
    whole = found.all_tests["size_noup"]

    class ExceptConfined(whole):
        def checkSize(self, result, size):  # noqa: N802 - the validator's name
            if not size.startswith("!"):
                super().checkSize(result, size)

    found.all_tests["size_noup"] = ExceptConfined
    return found


def faults_of(suite, service: tuple[str, str], names: list[str]) -> dict[str, str]:
    """Return the faults that these tests of the validator find, by their names."""
    server, identifier = service
    results = {
        name: validator.ImageAPI(identifier, server, "iiif/3", "http", "", VERSION, debug=False) for name in names
    }
    for name, result in results.items():
        suite.run_test(name, result)
    return {name: str(result.exception) for name, result in results.items() if result.exception}


def test_the_official_validator_finds_no_fault_at_level_2(suite, service):
    names = [name for name, facts in suite.list_tests(VERSION).items() if facts["level"] <= LEVEL]

    assert len(names) == 33
    assert faults_of(suite, service, names) == {}


def test_the_official_validator_finds_no_fault_in_what_is_offered_beyond_level_2(suite, service):
    assert faults_of(suite, service, EXTRA) == {}
