"""What the client is signed in to: the environment wins, and a token is only sent where it was stored for."""

from pathlib import Path

import pytest

from taskhub.client import sign_in
from taskhub.client.errors import ClientError, NotSignedIn
from taskhub.client.sign_in import SignIn, is_open_to_others, normalized, read, store

HERE = SignIn("https://tasks.example.com", "thub_stored", "t1", "w1", "OPS")


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "config" / "client.json"
    monkeypatch.setattr(sign_in, "path", lambda: file)
    return file


def test_only_its_owner_can_read_what_is_stored(file: Path) -> None:
    store(HERE)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [*file.parent.iterdir()] == [file]
    assert read({}) == HERE


def test_nobody_is_signed_in_at_first() -> None:
    with pytest.raises(NotSignedIn, match="taskhub login URL"):
        read({})


def test_the_environment_wins() -> None:
    store(HERE)
    variables = {"TASKHUB_URL": "https://other.example.com/", "TASKHUB_TOKEN": "thub_mine"}
    assert read(variables) == SignIn("https://other.example.com", "thub_mine")


def test_a_token_of_the_environment_works_in_the_chosen_workspace() -> None:
    store(HERE)
    assert read({"TASKHUB_TOKEN": "thub_mine"}) == SignIn(HERE.url, "thub_mine", None, "w1", "OPS")


def test_a_stored_token_is_not_sent_to_another_service() -> None:
    store(HERE)
    with pytest.raises(NotSignedIn, match=r"not signed in to https://other\.example\.com"):
        read({"TASKHUB_URL": "https://other.example.com"})
    assert read({"TASKHUB_URL": f"{HERE.url}/v1/"}) == HERE


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"url": 1, "more": 2}', "nonsense"])
def test_a_damaged_file_is_told(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(ClientError, match="is damaged"):
        read({})


def test_a_folder_that_cant_be_made_is_told(file: Path) -> None:
    file.parent.touch()
    with pytest.raises(ClientError, match="can't be written"):
        store(HERE)


@pytest.mark.parametrize("url", ["https://a.test", "https://a.test/", "https://a.test/v1", " https://a.test/v1/ "])
def test_a_service_has_one_url(url: str) -> None:
    assert normalized(url) == "https://a.test"


def test_an_unencrypted_way_is_one_that_leaves_the_computer() -> None:
    assert is_open_to_others("http://tasks.example.com")
    assert is_open_to_others("http://192.168.0.7:8000")
    for url in ("https://tasks.example.com", "http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"):
        assert not is_open_to_others(url)
