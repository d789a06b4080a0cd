"""Ids, and ids that stand for ids from elsewhere."""

from taskhub.kernel.contract.ids import derived_id, new_id, source_id


def test_a_derived_id_is_of_a_version_that_no_client_may_choose() -> None:
    assert derived_id(new_id()).version == 8


def test_a_derived_id_tells_what_it_was_made_of() -> None:
    id = new_id()
    assert source_id(derived_id(id)) == id
