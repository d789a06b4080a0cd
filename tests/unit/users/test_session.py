"""The life of a session."""

from datetime import timedelta

from factories.users import NOW, SessionFactory
from taskhub.users.domain.session import GRACE, LIFETIME, MAX_SPENT_TOKENS, Session

INSTANT = timedelta(microseconds=1)


def refreshed(session: Session, *steps: timedelta) -> Session:
    """After one refresh at each of these times."""
    for number, step in enumerate(steps, 1):
        session.refresh(f"digest {number}", NOW + step)
    return session


def test_a_session_lives_for_thirty_days() -> None:
    session = Session.open(user_id=SessionFactory().user_id, id=SessionFactory().id, user_agent=None, refresh_digest="d", now=NOW)
    assert session.event == "session.opened"
    assert not session.is_expired(NOW + timedelta(days=30) - INSTANT)
    assert session.is_expired(NOW + timedelta(days=30))


def test_a_refresh_starts_the_thirty_days_anew() -> None:
    later = timedelta(days=20)
    assert refreshed(SessionFactory(), later).expires_at == NOW + later + LIFETIME


def test_after_a_refresh_only_the_successor_works() -> None:
    session = refreshed(SessionFactory(), timedelta(0))
    assert session.accepts("digest 1")
    assert not session.accepts("digest 0")


def test_a_token_that_was_just_spent_leads_to_its_successor() -> None:
    session = refreshed(SessionFactory(), timedelta(0))
    assert session.successor_of("digest 0", NOW + GRACE) == "digest 1"


def test_half_a_minute_later_it_leads_nowhere() -> None:
    session = refreshed(SessionFactory(), timedelta(0))
    assert session.successor_of("digest 0", NOW + GRACE + INSTANT) is None


def test_it_leads_to_its_own_successor_even_if_that_is_spent_as_well() -> None:
    session = refreshed(SessionFactory(), timedelta(0), timedelta(seconds=5), timedelta(seconds=10))
    now = NOW + timedelta(seconds=20)
    assert [session.successor_of(f"digest {n}", now) for n in range(4)] == ["digest 1", "digest 2", "digest 3", None]


def test_each_spent_token_has_its_own_half_minute() -> None:
    session = refreshed(SessionFactory(), timedelta(0), timedelta(seconds=20))
    now = NOW + timedelta(seconds=40)
    assert session.successor_of("digest 0", now) is None
    assert session.successor_of("digest 1", now) == "digest 2"


def test_a_token_that_never_was_leads_nowhere() -> None:
    assert refreshed(SessionFactory(), timedelta(0)).successor_of("digest 7", NOW) is None
    assert SessionFactory().successor_of("digest 7", NOW) is None


def test_what_was_spent_long_ago_is_forgotten() -> None:
    session = refreshed(SessionFactory(), timedelta(0), timedelta(minutes=15))
    assert [token.digest for token in session.spent] == ["digest 1"]


def test_what_is_remembered_is_bounded() -> None:
    assert len(refreshed(SessionFactory(), *[timedelta(0)] * (MAX_SPENT_TOKENS + 10)).spent) == MAX_SPENT_TOKENS


def test_digests_stay_out_of_what_is_printed() -> None:
    assert "digest" not in repr(refreshed(SessionFactory(), timedelta(0))).replace("refresh_digest", "")
