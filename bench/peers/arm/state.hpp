// What a tile of paths carries from day to day, and what it has counted so far.
#pragma once

#include <vector>

#include "lanes.hpp"
#include "sizes.hpp"

namespace {

struct Prices {
  Row log_fundamental[J], volume[J], k[J], price[J], inverse_adv[J], execution[J], close[J], dislocation[J];
  Row calm[J];  // had nobody ever sold
  Row capacity[J];  // ADV in units
  Row trough[J], worst[J];
};

struct Key {
  Row is_active, breach_days, exit_days;
};

struct Loan {
  Row drawn, interest_due, age, rollovers, called, unmet, shadow_peak, claim;
  Row buffer, is_default;
  Row injected, injected_to_leavers, injected_below_floor, repaid, interest_paid, drawn_peak, defaulted;
  Key key;
};

struct Fund {
  Row units[J], to_sell[J];
  Row cash, shares, navps, peak, overdue, overdue_stressed, queued, due, due_stressed, netted, late, unpaid_days;
  Row theta, planned;
  Row max_drawdown, days_under_pressure, score_min, redemption_requested, redemption_paid, subscribed;
  Row gross_sales, forced_sales, sales_ordinary, sales_stressed, sales_pressure, sales_facilities;
  Row slippage, fire_sale_cost, coverage_min, shortfall_days, shortfall_peak, distress_days, failed;
  Row holdings, growth, intended;  // of today: from one loop to the next
  Loan loan;
};

struct Pool {
  Row cash, cash_out, cash_in, income, loss, surplus, taxpayer, layer_loss[Y];
  Row inventory[J], inventory_cost[J], inventory_sale[J];
  Row claimed, ratio, available, allotted, is_dry, lent, owed;
};

struct Index {
  Row prefix_peak, high, deepest;
  std::vector<Row> closes, suffix_peak;  // (window,)
};

struct PathTally {
  Row pool_peak_use, pool_min_available, first_dry_day, n_injections, injected, repaid, interest_paid, resale_gain;
  Row loss, unmet_claims, days_active, first_active_day, n_activations, first_breach_day, first_cash_day, trough_day;
  Row money_created;
  Row was_on, sold, pressed;  // not outcomes: on yesterday, forced sales so far, NAV under pressure today
};

struct State {
  Prices prices;
  Fund funds[F];
  Pool pool;
  Key system_key;
  Index index;
  PathTally tally;
  std::vector<Row> closes, samples;  // rings (F, history) and (F, samples)
  std::vector<Row> queue, queue_stressed;  // rings (F, notice)
  bool has_loans, has_stock, was_active;
};

// Some lanes of one fund between two of its steps: what stays in registers.
struct Books {
  V cash, shares, holdings, debt, nav, navps, peak, buffer, due, owed, intended, injection, gross, forced, cost;
};

template <bool kLends>
STEP V debt_of(const Loan& loan, int i) { return kLends ? loan.drawn[i] + loan.interest_due[i] : V{}; }

}  // namespace
