"""`SITE=county make run` starts a site that is not a demo, on this machine alone, with secrets of its own."""

import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings

from accounts import gateways
from launch import run, sites
from launch.services import CannotStart, Services


@pytest.fixture
def county(monkeypatch, tmp_path):
    monkeypatch.setenv("SITE", "county")
    monkeypatch.setenv("LIUJIN_VAR", str(tmp_path))
    return tmp_path / "county"


def environment():
    return run.environment_for(Services("postgresql://app", "postgresql://owner", "redis://cache", None), 8000)


def test_its_secrets_are_made_once_and_for_its_reader_alone(county):
    first = environment()

    assert first == environment()
    assert len({first["SECRET_KEY"], first["FIELD_KEYS"], first["INDEX_KEY"]}) == 3
    assert stat.S_IMODE((county / "secrets.json").stat().st_mode) == 0o600
    assert first["LIUJIN_VAR"] == str(county) and run.started() == county / "run.json"


def test_its_settings_are_no_demos_and_serve_this_machine(county):
    asked = "s.DEMO, s.ALLOWED_HOSTS, s.SECURE, s.SMS_BACKEND, 'demo' in s.INSTALLED_APPS, s.VAR_DIR.name"
    told = subprocess.run(
        [sys.executable, "-c", f"from marketplace import settings as s; print({asked})"],
        env=environment(),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )

    assert told.stdout.strip() == "False ['127.0.0.1', 'localhost'] False texts False county", told.stderr


def test_codes_are_written_into_a_file_on_this_machine_only(county):
    told = subprocess.run(
        [sys.executable, "-c", "from marketplace import settings"],
        env=environment() | {"ALLOWED_HOSTS": "market.example.gov.cn"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )

    assert told.returncode != 0 and "this machine only" in told.stderr


def test_the_demo_is_what_it_was(monkeypatch, tmp_path):
    monkeypatch.delenv("SITE", raising=False)
    monkeypatch.setenv("LIUJIN_VAR", str(tmp_path))

    assert sites.environment() == {"LIUJIN_DEMO": "1", "LIUJIN_VAR": str(tmp_path)}
    assert not os.listdir(tmp_path)


def test_another_word_for_a_site_is_refused(monkeypatch):
    monkeypatch.setenv("SITE", "contry")

    with pytest.raises(CannotStart, match="SITE=county"):
        sites.name()


@pytest.mark.django_db
def test_a_text_is_written_as_a_person_reads_it(settings, tmp_path):
    settings.SMS_BACKEND, settings.VAR_DIR = "texts", tmp_path

    assert gateways.gateway().send("13800990701", "您的验证码是 135790", reference="1")

    file = tmp_path / "texts.txt"
    assert "13800990701  您的验证码是 135790\n" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
