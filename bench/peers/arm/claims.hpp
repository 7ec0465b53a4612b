// Step 7: what a fund claims, and what it gets.
#pragma once

#include "arithmetic.hpp"
#include "keys.hpp"
#include "lanes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

// Steps 6 and 7: the fund's own key, and what it claims.
STEP V claim(const Terms& terms, const FundTerms& own, Fund& fund, const Prices& prices, M is_open, int i,
             const Books& b) {
  Loan& loan = fund.loan;
  const FacilityTerms& facility = terms.facility;
  M was_active = loan.key.is_active[i] > 0.0;
  M is_active = turn(terms.fund_key, loan.key, 1.0 - b.navps / b.peak, is_open, i);
  V shadow_peak = select(is_active & ~was_active, b.peak, loan.shadow_peak[i]), pledged{};
  EACH_ASSET pledged += terms.prices[j].advance_rate * (fund.units[j][i] * prices.price[j][i]);
  V drawn = loan.drawn[i], need = b.owed + b.intended - most(b.cash - b.buffer, 0.0);
  V fall = most(shadow_peak * (1.0 - facility.deductible_frac) - b.navps, 0.0);
  V cover = facility.coverage_frac * fall * b.shares - drawn;
  V cap = facility.fund_cap_frac * most(b.nav, 0.0) - drawn;
  V wanted = floor_of(most(least(least(need, cover), least(pledged - b.debt, cap)), 0.0));
  M may = is_active & (fund.failed[i] == 0.0) & (loan.defaulted[i] == 0.0) & (loan.called[i] == 0.0);
  loan.shadow_peak[i] = shadow_peak;
  return select(may, own.is_eligible * wanted, 0.0);
}

// Step 7: pro rata, where claims exceed what is there.
void ration(Pool& pool) {
  LANES {
    V total = pool.claimed[i], available = pool.cash[i], ratio = available / total;
    pool.available[i] = available;
    pool.ratio[i] = select(total > available, ratio, 1.0);
    pool.claimed[i] = pool.allotted[i] = pool.is_dry[i] = V{};
  }
}

// Step 7: the fund's part of the pool's money, by cumulative remainder.
STEP void arrive(const FundTerms& terms, Fund& fund, Pool& pool, PathTally& tally, int i, Books& b) {
  Loan& loan = fund.loan;
  V wanted = loan.claim[i], claimed = pool.claimed[i] + terms.count * wanted;
  V allotted = least(floor_of(claimed * pool.ratio[i]), pool.available[i]);
  b.injection = least(wanted, floor_of((allotted - pool.allotted[i]) / terms.count));
  V unmet = wanted - b.injection, drawn = loan.drawn[i] + b.injection, total = terms.count * b.injection;
  pool.claimed[i] = claimed;
  pool.allotted[i] = allotted;
  pool.is_dry[i] = select(unmet > 0.0, 1.0, pool.is_dry[i]);
  pool.cash[i] -= total;
  pool.cash_out[i] += total;
  tally.injected[i] += total;
  tally.n_injections[i] += select(b.injection > 0.0, terms.count, 0.0);
  tally.unmet_claims[i] += terms.count * most(unmet - loan.unmet[i], 0.0);
  loan.unmet[i] = unmet;
  loan.drawn[i] = drawn;
  loan.injected[i] += b.injection;
  loan.drawn_peak[i] = most(loan.drawn_peak[i], drawn);
  b.cash += b.injection;
}

STEP void note_use(const FundTerms& terms, Fund& fund, PathTally& tally, double t, int i, const Books& b) {
  V lacking = most(b.due - most(b.cash - b.injection - b.buffer, 0.0), 0.0), first = tally.first_cash_day[i];
  fund.loan.injected_to_leavers[i] += floor_of(least(b.injection, lacking));
  fund.loan.injected_below_floor[i] += select(b.navps < terms.nav_floor, b.injection, 0.0);
  tally.first_cash_day[i] = select((b.injection > 0.0) & (first == 0.0), t, first);
}

// Step 7: the pool after the day's approvals, before its repayments.
void read_use(Pool& pool, PathTally& tally, double t) {
  LANES {
    V first = tally.first_dry_day[i];
    tally.pool_peak_use[i] = most(tally.pool_peak_use[i], pool.cash_out[i] - pool.cash_in[i]);
    tally.pool_min_available[i] = least(tally.pool_min_available[i], pool.cash[i]);
    tally.first_dry_day[i] = select((pool.is_dry[i] > 0.0) & (first == 0.0), t, first);
  }
}

}  // namespace
