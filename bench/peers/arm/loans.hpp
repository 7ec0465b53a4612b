// Step 10: interest, repayment, maturity, default.
#pragma once

#include <algorithm>
#include <cmath>

#include "arithmetic.hpp"
#include "lanes.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

// Step 10: interest, then what is paid back of it and of principal.
STEP void service(const Terms& terms, const FundTerms& own, Fund& fund, Pool& pool, PathTally& tally, M is_active,
                  int i, Books& b) {
  const FacilityTerms& facility = terms.facility;
  Loan& loan = fund.loan;
  V drawn = loan.drawn[i], due = loan.interest_due[i] + floor_of(drawn * facility.rate_per_day);
  V age = loan.age[i] + flag(drawn + due > 0.0), rollovers = loan.rollovers[i];
  M is_called = loan.called[i] > 0.0, is_old = age >= facility.tenor_days;
  M is_rolled = is_old & ~is_called & is_active & (rollovers < facility.n_rollovers);
  M must = is_called | (is_old & ~is_rolled);
  V swept = floor_of(facility.sweep_frac * most(b.cash - loan.buffer[i], 0.0)), whole = most(b.cash, 0.0);
  V willing = select(is_active, 0.0, swept), budget = select(must, whole, willing);
  V interest = least(due, budget), principal = least(drawn, budget - interest);
  drawn -= principal;
  due -= interest;
  b.cash -= interest + principal;
  V owed = drawn + due, tomorrow = owed + floor_of(drawn * facility.rate_per_day);
  M is_overdue = must & (owed > 0.0), is_default = is_overdue & is_called & (owed > b.cost);
  M is_clear = (owed == 0.0) | is_default;
  loan.drawn[i] = drawn;
  loan.interest_due[i] = due;
  loan.age[i] = select(is_clear | is_rolled, 0.0, age);
  loan.rollovers[i] = select(is_clear, 0.0, rollovers + flag(is_rolled));
  loan.called[i] = select(is_overdue & ~is_default, tomorrow, 0.0);
  loan.is_default[i] = flag(is_default);
  loan.interest_paid[i] += interest;
  loan.repaid[i] += principal;
  pool.cash[i] += own.count * (interest + principal);
  pool.cash_in[i] += own.count * (interest + principal);
  pool.income[i] += own.count * interest;
  pool.lent[i] += own.count * drawn;
  pool.owed[i] += owed;
  tally.interest_paid[i] += own.count * interest;
  tally.repaid[i] += own.count * principal;
}

// Step 10, rare: the same share of every pledged asset goes to the pool's inventory, at closing prices.
void seize(const Terms& terms, State& s, int f, int lane) {
  Fund& fund = s.funds[f];
  Pool& pool = s.pool;
  Loan& loan = fund.loan;
  auto at = [lane](Row& row) -> double& { return row.lanes()[lane]; };
  const double count = terms.funds[f].count, drawn = at(loan.drawn), owed = drawn + at(loan.interest_due);
  double values[J], worth = 0.0, so_far = 0.0, cost_so_far = 0.0;
  int last = 0;
  for (int j = 0; j < J; j++) {
    values[j] = terms.prices[j].advance_rate > 0.0 ? at(fund.units[j]) * at(s.prices.close[j]) : 0.0;
    worth += values[j];
    if (terms.prices[j].advance_rate > 0.0) last = j;
  }
  const double share = worth > 0.0 ? std::min(1.0, owed / worth) : 0.0, seized = std::min(std::floor(worth), owed);
  for (int j = 0; j <= last; j++) {
    if (terms.prices[j].advance_rate <= 0.0) continue;
    so_far += values[j];
    double part = worth > 0.0 ? std::min(std::floor(seized * (so_far / worth)), seized) : 0.0;
    double bound = j == last ? seized : part, taken = share * at(fund.units[j]);
    at(fund.units[j]) -= taken;
    at(fund.holdings) -= taken * at(s.prices.close[j]);
    at(pool.inventory[j]) += count * taken;
    at(pool.inventory_cost[j]) += count * (bound - cost_so_far);
    cost_so_far = bound;
  }
  const double recovered = std::min(seized, drawn);
  at(pool.loss) += count * (drawn - recovered);
  at(pool.income) += count * (seized - recovered);
  at(pool.lent) -= count * drawn;
  at(loan.drawn) = at(loan.interest_due) = 0.0;
  at(loan.defaulted) = 1.0;
}

}  // namespace
