"""The address of the embedded server as a URL."""

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from taskhub.embedded import Address

ADDRESS = Address(host="/srv/a b/run", port=5432, password="p@ss/word:1")


def test_sqlalchemy_reads_socket_folder_and_password_back() -> None:
    engine = create_async_engine(ADDRESS.url())
    _, arguments = engine.dialect.create_connect_args(engine.url)

    assert arguments["host"] == "/srv/a b/run"
    assert arguments["port"] == 5432
    assert arguments["user"] == "taskhub"
    assert arguments["password"] == "p@ss/word:1"
    assert arguments["database"] == "taskhub"


def test_another_database_can_be_named() -> None:
    assert make_url(ADDRESS.url("other?")).database == "other?"


def test_the_password_is_not_shown() -> None:
    assert "word" not in repr(ADDRESS)
