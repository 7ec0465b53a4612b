"""What makes charts answer the pointer: Vega in one bundle, and our few lines; a page runs these and no others."""

import base64
import hashlib
from importlib import metadata, resources
from typing import NamedTuple

from markupsafe import Markup

from backstop.kernels.machine.cache import cache_root, read_private, write_private


class Scripts(NamedTuple):
    """The scripts of a page, in order, and the policy that allows them alone."""

    texts: tuple[Markup, ...]
    policy: str


def scripts() -> Scripts:
    """Vega's bundle, then ours. Both are trusted as this package is; a page's own words and numbers are never code."""
    ours = resources.files("backstop.report.page").joinpath("alive.js").read_text(encoding="utf-8")
    texts = (_bundle(), ours)
    return Scripts(tuple(map(Markup, texts)), " ".join(f"'sha256-{_digest(text)}'" for text in texts))


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _bundle() -> str:
    """As vl-convert makes it, which takes seconds: kept in the user's private cache, by its version."""
    root, name = cache_root(), f"vega-{metadata.version('vl-convert-python')}.js"
    kept = None if root is None else read_private(root / name)
    if kept is not None:
        return kept.decode()
    import vl_convert

    # an inline script ends at its end tag, wherever that stands
    made = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").replace("</script", "<\\/script")
    if root is not None:
        write_private(root / name, made.encode())
    return made
