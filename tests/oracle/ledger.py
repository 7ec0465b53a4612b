"""An independent ledger: whole quanta, and every movement a transfer between two accounts of a closed list."""

from collections import defaultdict

FUND, POOL, MARKET, INVESTORS = "fund cash", "pool cash", "market", "investors"
SETTLING = "unsettled sales"
DEBT, RECEIVABLE, COLLATERAL = "fund debt", "pool receivable", "collateral"
INVENTORY, CAPITAL = "pool inventory", "capital"
LENDERS, LENDERS_CLAIM, LENDERS_DEBT = "lenders", "lenders' claim", "debt to lenders"
POOL_LENDERS, POOL_LENDERS_CLAIM, POOL_DEBT = "the pool's lenders", "their claim on the pool", "the pool's debt"
TAXPAYER, OWNERS = "taxpayer", "owners"

PERMITTED = {
    (INVESTORS, FUND): "cash at the opening, new money",
    (MARKET, FUND): "interest on cash, proceeds of sales",
    (FUND, MARKET): "purchases with new money",
    (MARKET, SETTLING): "proceeds of sales that settle later",
    (SETTLING, FUND): "their settlement",
    (FUND, INVESTORS): "redemptions paid",
    (FUND, LENDERS): "debt repaid to outside lenders",
    (LENDERS_DEBT, LENDERS_CLAIM): "what outside lenders are owed, at the opening and as interest",
    (LENDERS_CLAIM, LENDERS_DEBT): "their claims ended by repayment or default",
    (LENDERS, FUND): "bank loans paid out",
    (POOL, LENDERS): "guarantees honoured",
    (COLLATERAL, LENDERS): "assets that banks seized, at the value they settled",
    (CAPITAL, POOL): "layers paid in, refilled",
    (POOL, OWNERS): "profit shared with owners",
    (POOL_LENDERS, POOL): "guaranteed borrowing",
    (POOL, POOL_LENDERS): "it is repaid",
    (POOL_DEBT, POOL_LENDERS_CLAIM): "what the pool owes, borrowed and as interest",
    (POOL_LENDERS_CLAIM, POOL_DEBT): "claims on the pool ended by repayment",
    (TAXPAYER, POOL): "the guarantor pays in",
    (POOL, TAXPAYER): "the guarantor is paid back",
    (POOL, FUND): "loans paid out, assets paid for, gains and profit shared, grants",
    (DEBT, RECEIVABLE): "the claim a loan makes",
    (FUND, POOL): "principal, interest and premiums paid, grants clawed back",
    (RECEIVABLE, DEBT): "claims ended by repayment or default",
    (COLLATERAL, INVENTORY): "assets seized, at the value they settled, and bought from funds, at cost",
    (POOL, MARKET): "assets bought in the market",
    (MARKET, INVENTORY): "their cost",
    (INVENTORY, MARKET): "cost of seized assets sold",
    (MARKET, POOL): "receipts of seized assets sold, yield of idle cash",
}
MAY_OWE = (INVESTORS, MARKET, DEBT, COLLATERAL, CAPITAL, LENDERS, LENDERS_DEBT, POOL_LENDERS, POOL_DEBT, TAXPAYER)


class Ledger:
    """Balances by account and item; their sum is zero by construction."""

    def __init__(self) -> None:
        self.balance: dict[tuple[str, int], int] = defaultdict(int)
        self.moved: dict[tuple[str, str], int] = defaultdict(int)
        """All that was ever moved from one account to another."""

    def transfer(self, source: tuple[str, int], target: tuple[str, int], amount: int) -> None:
        """Move `amount` quanta; only the permitted pairs, never less than nothing."""
        assert (source[0], target[0]) in PERMITTED, f"no transfer from {source[0]} to {target[0]}"
        assert isinstance(amount, int)
        assert amount >= 0, f"{amount} from {source} to {target}"
        self.moved[source[0], target[0]] += amount
        self.balance[source] -= amount
        self.balance[target] += amount

    def total(self, account: str) -> int:
        """Balance of one account over its items."""
        return sum(amount for (name, _), amount in self.balance.items() if name == account)

    def assert_solvent(self) -> None:
        """What holds cash, claims or goods never goes below nothing."""
        for (name, item), amount in self.balance.items():
            assert amount >= 0 or name in MAY_OWE, f"{name} {item}: {amount}"
