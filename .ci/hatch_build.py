"""A wheel that carries compiled kernels (`python -m backstop.runs.ship`) is for a platform, any other for all."""

from pathlib import Path
from sysconfig import get_platform
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PlatformHook(BuildHookInterface):  # type: ignore[type-arg]
    """Names the platform."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the wheel is made."""
        if (Path(self.root) / "src" / "backstop" / "shipped").is_dir():
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{get_platform().replace('-', '_').replace('.', '_')}"
