"""The checks of `taskhub doctor` on modules: whether they, their settings and their commands can be used together."""

from collections.abc import Iterator, Sequence

from taskhub.cli.bootstrap import check_modules
from taskhub.cli.doctor.checks import Finding, fail, ok
from taskhub.kernel.api.validators import models_without_validator
from taskhub.modules.discovery import installed_modules
from taskhub.modules.errors import WrongModule
from taskhub.schema.revision_rules import parents_of
from taskhub.schema.revisions import WrongRevisions
from taskhub.settings import Settings, WrongSettings


def module_findings(settings: Settings, wrong_groups: Sequence[str]) -> Iterator[Finding]:
    """``wrong_groups``: a sentence for each group of commands that can't be used."""
    try:
        names = check_modules(settings)
        installed = installed_modules()
        parents_of(installed.revisions)
    except WrongSettings as error:
        yield fail("settings", str(error))
    except (WrongModule, WrongRevisions) as error:
        yield fail("modules", str(error))
    else:
        yield ok("settings", "all known and valid")
        wrong = [fail("modules", sentence) for sentence in models_without_validator(installed.operations)]
        yield from wrong or [ok("modules", f"{', '.join(names)}: they fit together")]
    yield from (fail("commands", sentence) for sentence in wrong_groups)
