"""Commands found in their folder, and imported only when they are asked for."""

from __future__ import annotations

import importlib
import pkgutil

import click


class FolderGroup(click.Group):
    """A group whose commands are the modules of a package.

    A module `sync` holds the command `sync`; `import_` and `list_` hold `import` and `list`, which Python
    keeps for itself. Each module gives its command under the name `command`.
    """

    @property
    def package(self) -> str:
        """Full name of the package: the one whose `__init__` defines the group."""
        return str(getattr(self.callback, "__module__", ""))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names of the commands, sorted."""
        return sorted(self._modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command of that name, or give None."""
        module = self._modules().get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(f"{self.package}.{module}").command
        command.name = cmd_name
        return command

    def _modules(self) -> dict[str, str]:
        """Command name → module name."""
        folder = importlib.import_module(self.package).__path__
        names = (module.name for module in pkgutil.iter_modules(folder))
        return {name.rstrip("_").replace("_", "-"): name for name in names}
