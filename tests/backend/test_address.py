"""Where a backend is."""

from pathlib import Path

import pytest

from bot.backend.address import from_port_file, parse_address, parse_port_file, port_file
from bot.backend.errors import NotReachable


@pytest.mark.parametrize(
    ("url", "at"),
    [
        ("http://127.0.0.1:4571", "http://127.0.0.1:4571/api/x"),
        ("http://host:1/", "http://host:1/api/x"),
        ("https://host/vk/", "https://host/vk/api/x"),
        ("https://host/vk?q=1#f", "https://host/vk/api/x"),
    ],
)
def test_a_prefix_stays(url: str, at: str) -> None:
    """Paths go below the configured one."""
    assert str(parse_address(url).at("/api/x")) == at


def test_credentials_are_kept_apart() -> None:
    """They are sent as Basic authorization and stand in no URL or repr."""
    address = parse_address("https://ann:p%40ss@host/")
    assert address.headers == {"Authorization": "Basic YW5uOnBAc3M="}
    assert parse_address("http://host").headers == {}
    assert "ann" not in str(address.at("/api"))
    assert "Basic" not in repr(address)


@pytest.mark.parametrize("url", ["", "ftp://host", "host:4571", "http://"])
def test_what_is_no_address_cannot_be_reached(url: str) -> None:
    """It is said without repeating it."""
    with pytest.raises(NotReachable, match="not valid"):
        parse_address(url)


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("4571", 4571),
        ('{"main_port":4571,"preview_proxy_port":4572}', 4571),
        ("\x1b[32m4571\x1b[0m\n", 4571),
        ("", None),
        ("99999999", None),
        ("true", None),
        ('{"port":1}', None),
    ],
)
def test_both_formats_of_the_port_file_are_read(text: str, port: int | None) -> None:
    """A bare number, and an object."""
    assert parse_port_file(text) == port


def test_the_port_file_is_read_anew_each_time(tmp_path: Path) -> None:
    """A server that starts later, or elsewhere, is found."""
    file = tmp_path / "vibe-kanban.port"
    url = from_port_file(file)
    with pytest.raises(NotReachable, match="no port file"):
        url()
    file.write_text("1")
    assert url() == "http://127.0.0.1:1"
    file.write_text('{"main_port":2}')
    assert url() == "http://127.0.0.1:2"
    file.write_text("nonsense")
    with pytest.raises(NotReachable, match="not readable"):
        url()


def test_the_port_file_lies_in_the_temporary_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the server writes it."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert port_file() == tmp_path / "vibe-kanban" / "vibe-kanban.port"
