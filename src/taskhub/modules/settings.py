"""The settings of modules: `TASKHUB_<MODULE>_<FIELD>`."""

from collections.abc import Mapping

from taskhub.kernel.module_api import ModuleSettings
from taskhub.modules.claims import settings_of
from taskhub.modules.collection import Modules
from taskhub.settings import PREFIX, own_settings, read, refuse_unknown, unknown_settings


def read_module_settings(modules: Modules, variables: Mapping[str, str] | None = None) -> dict[str, ModuleSettings]:
    """The settings of each module that has any, by its name. ``variables``: as for `read_settings`.

    Raises:
        WrongSettings: one is wrong; or begins with a module's name and is none of its settings.
    """
    known = own_settings().union(*(settings_of(module) for module in modules))
    refuse_unknown(unknown_settings(known, variables), known)
    return {
        one.name: read(one.settings, f"{PREFIX}{one.name}_".upper(), variables) for one in modules if one.settings is not None
    }
