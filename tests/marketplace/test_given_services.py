"""With both addresses given, `make run` brings nothing up, and its folder need not exist before."""

import json
import stat

from launch import services as own_services


def test_given_addresses_are_written_down_in_a_new_folder_for_its_reader_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/liujin")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/0")
    monkeypatch.setattr(own_services, "_given_database", lambda keep_in: ("postgresql://owner", "postgresql://app"))
    folder = tmp_path / "new" / "var"

    services = own_services.start(keep_in=folder)

    note = folder / "services.json"
    assert json.loads(note.read_text())["REDIS_URL"] == "redis://cache.example/0"
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    services.stop()
    assert not note.exists()
