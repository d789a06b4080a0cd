"""The reference and the docs tell every type of event, as the modules declare it."""

from tools.problem_list import DOCS, renewed

from support.harness.event_check import EVENT_TYPES
from taskhub.kernel.application.event_types import event_content, event_types
from taskhub.modules.discovery import installed_modules
from taskhub.service.pages import events_page
from taskhub.service.reference.document import document_of
from taskhub.service.reference.events import events_in_words, thing_table, type_table
from taskhub.tasks.application.views import LabelView

DOCUMENT = document_of(installed_modules().operations, "1.2.3", installed_modules().catalogue)
LABELS = event_types(
    {
        "labels": {
            "label.created": event_content("Made.", LabelView),
            "label.named": event_content("Named.", LabelView, only=("name",)),
        }
    }
)


def test_the_reference_lists_the_types_of_all_events_in_the_logs_of_workspaces_and_no_others() -> None:
    told = DOCUMENT["info"]["description"]
    of_accounts = ("user.", "session.", "api_token.")
    for name in EVENT_TYPES:
        assert (f"| `{name}` |" in told) is not name.startswith(of_accounts), name


def test_the_docs_list_every_type_with_what_it_holds() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert renewed(text) == text, "run: make docs"
    lines = text.splitlines()
    for name, one in EVENT_TYPES.items():
        (line,) = (line for line in lines if line.startswith(f"| `{name}` | {one.content.schema} |"))
        (thing,) = (line for line in lines if line.startswith(f"| `{name.partition('.')[0]}` |"))
        assert all(f"`{member}`" in line + thing for member in one.members), name


def test_a_list_of_types_names_their_members_or_says_that_it_may_be_any() -> None:
    table = type_table(LABELS.values())
    assert "| `label.created` | 1 | Made. | any of `label` |\n| `label.named` | 1 | Named. | `name` |\n" in table
    assert "| `label` | `id`, `workspace_id`, `name`, `color`, `created_at` | yes |\n" in thing_table(LABELS.values())


def test_a_thing_whose_values_are_not_logged_is_told_to_modules_only() -> None:
    secret = event_types({"labels": {"label.hidden": event_content("Hidden.", LabelView, logs_values=False)}})
    assert "| no, names of members only |" in thing_table(secret.values())
    assert "label.hidden" not in events_in_words(secret)
    assert "label.named" in events_in_words(LABELS)


def test_the_page_of_events_lists_every_type_below_its_module_with_the_types_of_its_members() -> None:
    page = events_page(installed_modules().catalogue.events.values()).decode()
    below = {part.partition("</h2>")[0]: part for part in page.split("<h2>")[1:]}
    assert [*below] == [module.name for module in installed_modules() if module.events]
    for name, one in EVENT_TYPES.items():
        assert f"<td><code>{name}</code></td><td>{one.content.schema}</td>" in below[one.module], name
        assert all(f"<td><code>{member}</code></td>" in below[one.module] for member in one.members), name
    assert "<td><code>title</code></td><td>string</td>" in below["tasks"]
    assert "<td><code>label_ids</code></td><td>array of string (UUID)</td>" in below["tasks"]
    assert "<td><code>due</code></td><td>object with date, time, time_zone or null</td>" in below["tasks"]
    assert "<td><code>email</code></td><td>not in the log</td>" in below["users"]


def test_the_page_of_events_has_those_of_modules_by_others() -> None:
    page = events_page([*installed_modules().catalogue.events.values(), *LABELS.values()]).decode()
    assert "<h2>labels</h2><table>" in page
    assert "<td><code>label.named</code></td><td>1</td><td>Named.</td><td><code>name</code></td>" in page
