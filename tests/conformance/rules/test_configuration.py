"""The rules about settings pass who checks and hides them, and find who does not."""

from pathlib import Path

import pytest

from tests.conformance.rules.spoiling import Spoiled, assert_found, assert_kept

RULES = ("CFG-01", "CFG-02", "CFG-04", "CFG-05")
SPOILED = (
    Spoiled(
        "CFG-01",
        "lims",
        "passes over settings that it does not know",
        "a setting 'base_urll', which there is not, was taken",
        old="    base_url: HttpUrl\n",
        new='    model_config = {"extra": "ignore"}\n    base_url: HttpUrl\n',
    ),
    Spoiled(
        "CFG-02",
        "lims",
        "quotes all settings where one is missing",
        "the error quotes the value of client_id",
        code="""
from pydantic import model_validator


class Quoting(LimsConfig):
    @model_validator(mode="before")
    @classmethod
    def whole(cls, settings):
        if "client_secret" not in settings:
            raise ValueError(f"no secret for {settings.get('client_id')}")
        return settings


Lims.config_type = Quoting
""",
    ),
    Spoiled(
        "CFG-04",
        "lims",
        "believes every server that it is who it says",
        "requests were sent to it",
        code="""
import ssl

careful = ssl.create_default_context


def trusting(**options):
    context = careful(**options)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


ssl.create_default_context = trusting
""",
    ),
    Spoiled(
        "CFG-05",
        "lims",
        "keeps the secret where everybody sees it",
        "ways to show the connector show a secret",
        code="""
attach = Lims.attach


def opened(self, connection):
    attach(self, connection)
    self.remembered = self.config.client_secret.reveal()


Lims.attach = opened
""",
    ),
)


@pytest.mark.slow
def test_who_checks_and_hides_them_keeps_them(tmp_path: Path) -> None:
    assert_kept(tmp_path, "lims", RULES)


@pytest.mark.slow
@pytest.mark.parametrize("spoiled", SPOILED, ids=str)
def test_who_does_not_is_found(spoiled: Spoiled, tmp_path: Path) -> None:
    assert_found(tmp_path, spoiled)
