// Steps 9 and 11 to 13 of a fund: proceeds, payment, the check of its cash, the close.
#pragma once

#include "arithmetic.hpp"
#include "lanes.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

// Step 9: the sales of the day by cause, with a cumulative remainder.
STEP void share_sales(Fund& fund, int i, Books& b) {
  V pressed = least(fund.planned[i], b.gross), rest = b.gross - pressed, called = fund.loan.called[i];
  V owed = fund.due[i] + called, stressed = fund.due_stressed[i];
  V to_stressed = floor_of(rest * select(owed > 0.0, least(stressed / owed, 1.0), 0.0));
  V to_both = floor_of(rest * select(owed > 0.0, least((stressed + called) / owed, 1.0), 0.0));
  b.forced = pressed + to_both;
  fund.gross_sales[i] += b.gross;
  fund.forced_sales[i] += b.forced;
  fund.sales_pressure[i] += pressed;
  fund.sales_stressed[i] += to_stressed;
  fund.sales_facilities[i] += to_both - to_stressed;
  fund.sales_ordinary[i] += rest - to_both;
}

// Step 9: proceeds, what impact cost, and what is left at closing prices.
STEP void settle(Fund& fund, const Prices& prices, int i, Books& b) {
  V proceeds{}, gross{}, calm{};
  b.holdings = V{};
  EACH_ASSET {
    V n = fund.to_sell[j][i], units = fund.units[j][i] - n;
    proceeds += floor_of(n * prices.execution[j][i]);
    gross += floor_of(n * prices.price[j][i]);
    calm += floor_of(n * prices.calm[j][i]);
    b.holdings += units * prices.close[j][i];
    fund.units[j][i] = units;
  }
  b.gross = gross;
  b.cost = gross - proceeds;
  b.cash = fund.cash[i] + proceeds;
  share_sales(fund, i, b);
  fund.slippage[i] += b.cost;
  fund.fire_sale_cost[i] += calm - proceeds;
}

// Step 9: what is due is paid as far as cash goes; step 13: distress.
STEP void pay(const FundTerms& terms, Fund& fund, int i, Books& b) {
  V netted = fund.netted[i], beyond = fund.due[i], due = beyond + netted, late = fund.late[i];
  V paid = netted + least(beyond, b.cash), overdue = fund.overdue[i];
  V part = select(beyond > 0.0, (paid - netted) / beyond, 1.0);
  V days = select(late <= paid, 1.0, fund.unpaid_days[i] + 1.0), unpaid_days = select(paid < due, days, 0.0);
  V is_late = flag(unpaid_days >= 2.0), retired = select(paid == due, overdue, paid / fund.navps[i]);
  b.cash -= paid - netted;
  fund.overdue_stressed[i] = select(paid == due, 0.0, fund.overdue_stressed[i] * (1.0 - part));
  b.shares = fund.shares[i] - retired;
  fund.shares[i] = b.shares;
  fund.overdue[i] = overdue - retired;
  fund.queued[i] -= retired;
  fund.unpaid_days[i] = unpaid_days;
  fund.redemption_paid[i] += paid;
  fund.shortfall_days[i] += is_late;
  fund.shortfall_peak[i] = most(fund.shortfall_peak[i], is_late * (late - paid));
  fund.distress_days[i] += flag((b.forced >= terms.material_sale) | (unpaid_days >= 2.0));
}

// Step 11: each fund's cash against all that went in and out.
STEP void check_fund(const FundTerms& terms, const Fund& fund, PathTally& tally, int i, const Books& b) {
  V came = terms.cash_open + (fund.gross_sales[i] - fund.slippage[i]) + fund.loan.injected[i];
  came += fund.subscribed[i];
  V went = fund.redemption_paid[i] + fund.loan.repaid[i] + fund.loan.interest_paid[i];
  tally.money_created[i] = most(tally.money_created[i], size_of(b.cash - (came - went)));
}

// Step 12: NAV at the close; the drawdown is the day's largest.
STEP void close_fund(const FundTerms& terms, Fund& fund, Row& close, int i, Books& b) {
  V nav = b.cash + b.holdings - b.debt, before = fund.navps[i], peak = fund.peak[i], per_share = nav / b.shares;
  V navps = select(b.shares >= 1.0, per_share, before);
  M fails = (navps < terms.nav_floor) | (fund.unpaid_days[i] > terms.unpaid_days_limit);
  fund.cash[i] = b.cash;
  fund.navps[i] = navps;
  fund.peak[i] = most(peak, navps);
  fund.max_drawdown[i] = most(fund.max_drawdown[i], 1.0 - least(before, navps) / peak);
  fund.failed[i] = select(fails, 1.0, fund.failed[i]);
  close[i] = most(navps, kSmallestNavps);
}

}  // namespace
