"""What commands show: the pages README.md and docs/screens.md."""

from docs.figures.workshop import Workshop


def screen(shop: Workshop, command: str, columns: int = 80, lines: int | None = None) -> str:
    """A screen as a block of code, cut after so many lines."""
    said = shop.said(command, columns).rstrip("\n").splitlines()
    kept = [line.rstrip() for line in said[:lines]] + (["..."] if lines is not None and len(said) > lines else [])
    return "\n".join(("```", *kept, "```"))


def headed(shop: Workshop, command: str, lines: int | None = None) -> str:
    """The same at 80 and at 120 columns, below its command."""
    narrow, wide = (screen(shop, command, columns, lines) for columns in (80, 120))
    return f"## `{command}`\n\n{narrow}\n\nThe same at 120 columns:\n\n{wide}"


def answer(shop: Workshop) -> str:
    """The first screen of the example."""
    return screen(shop, "backstop run configs/ashare.toml -o RUN", 120)


def check(shop: Workshop) -> str:
    """What a config holds."""
    return headed(shop, "backstop check configs/ashare.toml")


def run_crash(shop: Workshop) -> str:
    """A replayed crash."""
    return headed(shop, "backstop run configs/ashare.toml --paths 2000 --set scenario.preset=crash-2015 -o runs/crash")


def size(shop: Workshop) -> str:
    """The size of a pool, from that run."""
    run_crash(shop)
    return headed(shop, "backstop size runs/crash", 60)


def history(shop: Workshop) -> str:
    """Twenty years."""
    return headed(shop, "backstop history configs/ashare.toml --paths 200", 66)


def quality(shop: Workshop) -> str:
    """The keys of the config."""
    return headed(shop, "backstop quality configs/ashare.toml --paths 500")


def designs(shop: Workshop) -> str:
    """Two real facilities."""
    return headed(shop, "backstop designs configs/ashare.toml --paths 200 --only rbi-slf-mf-2020 --only china-proposed "
                        "--scenario crash-2015")
