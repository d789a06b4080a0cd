"""Comments: whom they mention, and who may change and delete them."""

from uuid import UUID, uuid4

import pytest

from factories.tasks import LATER, NOW, CommentFactory
from taskhub.kernel.domain.errors import NotAllowed
from taskhub.tasks.domain.comment import Comment, named_in

SOMEONE, OTHER = UUID("019a9f49-95cb-770d-b4b9-06d837e5b03a"), UUID("0b0e4b05-8f54-4ad9-9a07-1f36a2a1a7ce")


@pytest.mark.parametrize(
    "body",
    [
        f"@{SOMEONE}",
        f"Ask @{SOMEONE}, please.",
        f"(@{SOMEONE})",
        f"**@{SOMEONE}**",
        f"first line\n@{SOMEONE}\nlast line",
        f"@{str(SOMEONE).upper()}",
        f"@{SOMEONE}: look",
        f"@{SOMEONE}'s",
        f"@{SOMEONE}@",
        f"/@{SOMEONE}/",
        f"_@{SOMEONE}_",
        f"@{SOMEONE}- look",
        f"请@{SOMEONE}看",
        f"@{SOMEONE} and @{SOMEONE} again",
    ],
)
def test_a_user_is_named_by_an_at_sign_and_an_id(body: str) -> None:
    assert named_in(body) == {SOMEONE}


@pytest.mark.parametrize(
    "body",
    [
        "",
        str(SOMEONE),
        f"@ {SOMEONE}",
        f"ada@{SOMEONE}",
        f"@@{SOMEONE}",
        f"@{SOMEONE}0",
        f"@{SOMEONE}-x",
        f"@{SOMEONE.hex}",
        f"@{{{SOMEONE}}}",
        f"@{str(SOMEONE)[:-1]}",
        f"@{str(SOMEONE)[:-1]}g",
        "@ada",
        f"@urn:uuid:{SOMEONE}",
    ],
)
def test_what_only_looks_like_a_name_is_none(body: str) -> None:
    assert named_in(body) == frozenset()


def test_several_users_may_be_named() -> None:
    assert named_in(f"@{SOMEONE}@{OTHER} @{OTHER}, @{SOMEONE}") == {SOMEONE, OTHER}


def test_a_new_comment_mentions_the_members_whom_it_names() -> None:
    comment = Comment.create(
        workspace_id=uuid4(), id=uuid4(), task_id=uuid4(), author_id=uuid4(), body="Hi", members={OTHER, SOMEONE}, now=NOW
    )
    assert comment.mentioned_ids == (SOMEONE, OTHER)
    assert (comment.event, comment.edited_at) == ("comment.created", None)


def test_its_author_changes_a_comment_and_that_is_told() -> None:
    comment = CommentFactory(mentioned_ids=(OTHER,))
    comment.edit("Better", actor_id=comment.author_id, members={SOMEONE}, now=LATER)
    assert (comment.body, comment.mentioned_ids, comment.edited_at) == ("Better", (SOMEONE,), LATER)
    assert (comment.event, comment.updated_at) == ("comment.updated", LATER)


def test_nobody_else_changes_a_comment() -> None:
    comment = CommentFactory(body="Mine")
    with pytest.raises(NotAllowed):
        comment.edit("Yours", actor_id=uuid4(), members=(), now=LATER)
    assert (comment.body, comment.event) == ("Mine", None)


def test_the_same_words_again_are_no_edit() -> None:
    comment = CommentFactory(body="Same", mentioned_ids=(SOMEONE,))
    comment.edit("Same", actor_id=comment.author_id, members=(), now=LATER)
    assert (comment.mentioned_ids, comment.edited_at, comment.event) == ((SOMEONE,), None, None)


def test_even_the_same_words_are_only_for_the_author_to_say() -> None:
    with pytest.raises(NotAllowed):
        CommentFactory(body="Same").edit("Same", actor_id=uuid4(), members=(), now=LATER)


@pytest.mark.parametrize("moderates", [True, False])
def test_its_author_deletes_a_comment(moderates: bool) -> None:
    comment = CommentFactory()
    comment.delete(actor_id=comment.author_id, moderates=moderates, now=LATER)
    assert (comment.event, comment.deleted_at) == ("comment.deleted", LATER)


def test_whoever_moderates_deletes_what_others_wrote() -> None:
    comment = CommentFactory()
    comment.delete(actor_id=uuid4(), moderates=True, now=LATER)
    assert comment.event == "comment.deleted"


def test_nobody_else_deletes_a_comment() -> None:
    comment = CommentFactory()
    with pytest.raises(NotAllowed):
        comment.delete(actor_id=uuid4(), moderates=False, now=LATER)
    assert (comment.deleted_at, comment.event) == (None, None)


def test_nothing_is_left_of_what_a_deleted_comment_said() -> None:
    comment = CommentFactory(body="Secret", mentioned_ids=(SOMEONE,))
    comment.delete(actor_id=comment.author_id, moderates=False, now=LATER)
    assert (comment.body, comment.mentioned_ids) == ("", ())
