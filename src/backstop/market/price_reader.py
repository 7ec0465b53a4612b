"""Prices that a run names, each read once: what is made of a file is of one content, whatever happens to it then."""

from pathlib import Path

from backstop.market.data import PriceSeries, load_prices


class PriceReader:
    """Prices by reference, as `load_prices` takes them; relative files start from `base`."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._found: dict[str, PriceSeries] = {}

    def read(self, reference: str) -> PriceSeries:
        """The prices; what was read before is not read again.

        Raises
        ------
        DataError
            See `load_prices`.
        """
        if reference not in self._found:
            self._found[reference] = load_prices(reference, self._base)
        return self._found[reference]
