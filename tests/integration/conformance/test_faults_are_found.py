"""Each rule of the conformance kit: a module that keeps it passes, and one that breaks it is told so."""

from dataclasses import replace
from typing import Any

import pytest

from support.notes.bench import NOTE, Bench
from taskhub.testing.conformance import NotConforming
from taskhub.testing.conformance.checks import (
    concurrency,
    conditions,
    cost,
    description,
    keys,
    lists,
    purges,
    refusals,
    representation,
    statements,
    subscribers,
    wire,
)
from taskhub.testing.conformance.rules import RuleCheck
from taskhub.testing.conformance.subject import Subject
from taskhub.testing.conformance.world import Case

WITHOUT_ACTIONS = replace(NOTE, patches=[], actions=[])
OF_A_RESOURCE: dict[RuleCheck[Case], list[str]] = {
    refusals.refusals_come_in_order: ["viewers_create", "needs_no_version"],
    refusals.the_least_right_is_enough: ["admins_create"],
    refusals.foreign_missing_and_malformed_look_alike: ["tells_foreign", "forgets_workspace"],
    conditions.a_stale_if_match_changes_nothing: ["ignores_if_match"],
    conditions.a_version_is_asked_for_where_one_is_required: ["needs_no_version"],
    conditions.a_read_honours_conditions: ["no_etag"],
    keys.a_retried_write_is_replayed: ["forgets_keys"],
    keys.a_key_is_for_one_request: ["forgets_keys"],
    keys.a_key_that_is_sent_at_once_is_done_once: ["forgets_keys"],
    keys.a_write_can_be_tried_out_and_batched: ["commits_alone"],
    representation.a_thing_has_one_representation: ["list_lags", "no_etag", "pins_silently"],
    representation.a_patch_that_changes_nothing_leaves_no_trace: ["always_touches"],
    representation.replaying_the_changes_gives_the_snapshot: ["pins_silently", "undeclared_event"],
    lists.a_walk_shows_each_thing_once: ["counts_pages"],
    lists.a_cursor_is_bound_to_its_list: ["any_limit"],
    lists.a_tag_of_a_list_is_good_until_something_changes: ["one_tag"],
    concurrency.concurrent_patches_all_survive: ["last_write_wins", "always_busy"],
    concurrency.a_write_whose_reply_is_lost_is_done_once: ["writes_past"],
    cost.round_trips_stay_within_their_budget: ["reads_one_by_one"],
    purges.a_purged_thing_leaves_nothing_behind: ["keeps_values", "keeps_row", "refuses_patches"],
    wire.methods_and_media_types_are_told: ["answers_html"],
    wire.hostile_bodies_are_refused: ["takes_any_weight"],
}
OF_A_MODULE: dict[RuleCheck[Subject], list[str]] = {
    statements.every_statement_is_keyed_by_its_workspace: ["forgets_workspace"],
    purges.a_purged_workspace_leaves_nothing_behind: ["keeps_rows"],
    subscribers.an_event_that_comes_twice_counts_once: ["counts_twice"],
    subscribers.a_process_may_be_killed_at_any_moment: ["marks_first", "empties_once"],
    description.the_description_is_complete: ["undescribed"],
    description.bodies_and_queries_can_be_validated: ["odd_type"],
    description.the_examples_can_be_sent: ["bad_example"],
}


def pairs(checks: dict[RuleCheck[Any], list[str]]) -> pytest.MarkDecorator:
    planted = [pytest.param(check, fault, id=f"{check.name}-{fault}") for check, faults in checks.items() for fault in faults]
    return pytest.mark.parametrize(("check", "fault"), planted)


def each(checks: dict[RuleCheck[Any], list[str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("check", checks, ids=lambda check: check.name)


@each(OF_A_RESOURCE)
def test_a_sound_resource_passes(bench: Bench, check: RuleCheck[Case]) -> None:
    bench.check_resource(check)


@pairs(OF_A_RESOURCE)
def test_a_fault_of_a_resource_is_found(bench: Bench, check: RuleCheck[Case], fault: str) -> None:
    with pytest.raises(NotConforming, match=f"^Rule {check.rule.number}: "):
        bench.check_resource(check, fault)


@each(OF_A_MODULE)
def test_a_sound_module_passes(bench: Bench, check: RuleCheck[Subject]) -> None:
    bench.check_module(check)


@pairs(OF_A_MODULE)
def test_a_fault_of_a_module_is_found(bench: Bench, check: RuleCheck[Subject], fault: str) -> None:
    with pytest.raises(NotConforming, match=f"^Rule {check.rule.number}: "):
        bench.check_module(check, fault)


@pytest.mark.parametrize(
    "check",
    [concurrency.concurrent_patches_all_survive, keys.a_key_that_is_sent_at_once_is_done_once],
    ids=lambda check: check.name,
)
def test_a_write_that_is_done_when_it_is_sent_again_is_no_fault(bench: Bench, check: RuleCheck[Case]) -> None:
    bench.check_resource(check, "busy_at_first")


@pytest.mark.parametrize(
    ("check", "declared", "told"),
    [
        (keys.a_retried_write_is_replayed, {"is_retryable": False}, "its key means nothing"),
        (representation.a_thing_has_one_representation, {"is_kept": True}, "it was deleted, and is still shown"),
        (representation.a_thing_has_one_representation, {"secrets": frozenset({"pass"})}, "expected  a secret"),
        (representation.a_thing_has_one_representation, {"secrets": frozenset({"heading"})}, "the heading as it is"),
        (representation.a_thing_has_one_representation, {"patches": []}, "whether there are `patches`"),
        (conditions.a_version_is_asked_for_where_one_is_required, {"has_version": False}, "whose version nobody is shown"),
        (conditions.a_read_honours_conditions, {"has_etag": False}, "ETag"),
        (purges.a_purged_thing_leaves_nothing_behind, {"rows_left": {"notes": "no reason"}}, "no reason"),
        (purges.a_purged_thing_leaves_nothing_behind, {"belongs_to": "labels/{id}"}, "what is not deleted can't be purged"),
    ],
)
def test_a_resource_that_is_declared_wrongly_is_found(
    bench: Bench, check: RuleCheck[Case], declared: dict[str, Any], told: str
) -> None:
    with pytest.raises(NotConforming, match=f"(?s)^Rule {check.rule.number}: .*{told}"):
        bench.check_resource(check, resource=replace(NOTE, **declared))


def test_a_subscriber_of_whose_events_none_occurs_is_told(bench: Bench) -> None:
    with pytest.raises(NotConforming, match=r"(?s)^Rule 14: .*notes\.farewell subscribes to \(member\.removed\)"):
        bench.check_module(subscribers.an_event_that_comes_twice_counts_once, triggers=[])


def test_processes_are_killed_over_the_events_of_resources_beside_those_of_triggers(bench: Bench) -> None:
    with pytest.raises(NotConforming, match=r"(?s)^Rule 14: .*when a process was killed"):
        bench.check_module(
            subscribers.a_process_may_be_killed_at_any_moment, "reacts_to_trash", "marks_first", resources=[WITHOUT_ACTIONS]
        )
