// Outcomes of a tile at the horizon, and the rows in which they leave the program.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "arithmetic.hpp"
#include "lanes.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

struct FundEnd {
  Row nav_end, redemption_unpaid, drawn_end, sales_postponed;
};

struct PathEnd {
  Row stock_cost_end, outstanding_end, marked_loss_end, injected_to_failed, worst_dislocation, system_losses;
  Row gross_sales, forced_sales, sales_ordinary, sales_stressed, sales_pressure, sales_facilities, fire_sale_cost;
  Row sales_postponed;
};

void close_outcomes_of(const Terms& terms, const State& s, int f, FundEnd& end, PathEnd& path) {
  const Fund& fund = s.funds[f];
  const double count = terms.funds[f].count;
  LANES {
    V holdings{}, dislocated{}, drawn = fund.loan.drawn[i], debt = drawn + fund.loan.interest_due[i];
    for (int j = 0; j < J; j++) {
      V value = fund.units[j][i] * s.prices.close[j][i];
      holdings += value;
      dislocated += value * (exp_of(most(s.prices.dislocation[j][i], 0.0)) - 1.0);
    }
    end.nav_end[i] = fund.cash[i] + holdings - debt;
    end.redemption_unpaid[i] = floor_of(fund.overdue[i] * most(fund.navps[i], 0.0));
    end.drawn_end[i] = drawn;
    end.sales_postponed[i] = most(debt - floor_of(most(fund.cash[i] - fund.loan.buffer[i], 0.0)), 0.0);
    path.outstanding_end[i] += count * drawn;
    path.marked_loss_end[i] += count * most(drawn - floor_of(most(fund.cash[i] + holdings, 0.0)), 0.0);
    path.injected_to_failed[i] += select(fund.failed[i] > 0.0, count * fund.loan.injected[i], 0.0);
    path.system_losses[i] += count * (fund.slippage[i] + floor_of(dislocated));
    path.fire_sale_cost[i] += count * fund.fire_sale_cost[i];
    path.gross_sales[i] += count * fund.gross_sales[i];
    path.forced_sales[i] += count * fund.forced_sales[i];
    path.sales_ordinary[i] += count * fund.sales_ordinary[i];
    path.sales_stressed[i] += count * fund.sales_stressed[i];
    path.sales_pressure[i] += count * fund.sales_pressure[i];
    path.sales_facilities[i] += count * fund.sales_facilities[i];
    path.sales_postponed[i] += count * end.sales_postponed[i];
  }
}

void close_path(const State& s, PathEnd& path) {
  LANES {
    V stock{};
    for (int j = 0; j < J; j++) {
      V cost = s.pool.inventory_cost[j][i];
      path.stock_cost_end[i] += cost;
      stock += cost - floor_of(s.pool.inventory[j][i] * s.prices.close[j][i]);
      path.worst_dislocation[i] = most(path.worst_dislocation[i], s.prices.worst[j][i]);
    }
    path.marked_loss_end[i] += most(stock, 0.0);
  }
}

// Rows by outcome, (row, path): what cpp_arm.py reads under the names of its lists, in the same order.
struct Outcomes {
  long paths;
  std::vector<double> rows;
};

constexpr long kRows = 32L * F + 33 + Y + 3 * J;

// Where the rows of one tile go.
struct Place {
  Outcomes& out;
  long first;  // path
  int lanes;
  long row;

  void put(const Row& values) { std::copy_n(values.lanes(), lanes, &out.rows[row++ * out.paths + first]); }
  void put(std::initializer_list<const Row*> each) {
    for (const Row* values : each) put(*values);
  }
};

void write_fund(const Fund& fund, const FundEnd& end, Place& place) {
  const Loan& loan = fund.loan;
  place.put({&end.nav_end, &fund.navps, &fund.max_drawdown, &fund.days_under_pressure, &fund.score_min,
             &fund.redemption_requested, &fund.redemption_paid, &end.redemption_unpaid, &fund.gross_sales,
             &fund.forced_sales, &fund.sales_ordinary, &fund.sales_stressed, &fund.sales_pressure,
             &fund.sales_facilities, &fund.subscribed, &fund.slippage, &fund.fire_sale_cost, &loan.injected,
             &loan.injected_to_leavers, &loan.injected_below_floor, &loan.repaid, &loan.interest_paid,
             &loan.drawn_peak, &end.drawn_end,
             &end.sales_postponed, &fund.coverage_min, &fund.shortfall_days, &fund.distress_days,
             &fund.shortfall_peak, &loan.defaulted, &fund.failed, &fund.shares});
}

void write_path(const State& s, const PathEnd& end, Place& place) {
  const PathTally& tally = s.tally;
  place.put({&tally.pool_peak_use, &tally.pool_min_available, &tally.first_dry_day, &tally.n_injections,
             &tally.injected, &tally.repaid, &tally.interest_paid, &tally.resale_gain, &end.stock_cost_end,
             &tally.loss, &s.pool.taxpayer, &s.pool.surplus, &end.outstanding_end, &end.marked_loss_end,
             &tally.unmet_claims, &end.injected_to_failed, &tally.days_active, &tally.first_active_day,
             &tally.n_activations, &tally.first_breach_day, &tally.first_cash_day, &tally.trough_day,
             &end.worst_dislocation, &end.system_losses, &end.gross_sales, &end.forced_sales, &end.sales_ordinary,
             &end.sales_stressed, &end.sales_pressure, &end.sales_facilities, &end.fire_sale_cost,
             &end.sales_postponed,
             &tally.money_created});
  for (const Row& values : s.pool.layer_loss) place.put(values);
  for (const Row* rows : {s.prices.worst, s.prices.close, s.prices.trough})
    for (int j = 0; j < J; j++) place.put(rows[j]);
}

void write_outcomes(const Terms& terms, const State& s, Outcomes& out, long first, int lanes) {
  Place place{out, first, lanes, 0};
  PathEnd path{};
  for (int f = 0; f < F; f++) {
    FundEnd end;
    close_outcomes_of(terms, s, f, end, path);
    write_fund(s.funds[f], end, place);
  }
  close_path(s, path);
  write_path(s, path, place);
}

}  // namespace
