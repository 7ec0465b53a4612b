// A fund's day in three parts, each of few loops over lanes: what it is asked, what it gets, what it pays.
#pragma once

#include <algorithm>

#include "arithmetic.hpp"
#include "claims.hpp"
#include "lanes.hpp"
#include "loans.hpp"
#include "past.hpp"
#include "requests.hpp"
#include "sales.hpp"
#include "scores.hpp"
#include "settlement.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

// Steps 4 and 6 to 8: up to claims where a facility lends, up to sales where none does.
template <bool kLends>
void ask(const Terms& terms, State& s, int f, const Past& past) {
  const FundTerms own = terms.funds[f];
  const Row& back = *past.back;
  Row& queue = *past.queue;
  Fund& fund = s.funds[f];
  LANES {
    Books b;
    b.cash = fund.cash[i];
    b.shares = fund.shares[i];
    b.holdings = fund.holdings[i];
    b.navps = fund.navps[i];
    b.peak = fund.peak[i];
    b.intended = fund.intended[i];
    b.debt = debt_of<kLends>(fund.loan, i);
    b.nav = b.cash + b.holdings - b.debt;
    b.buffer = own.buffer_frac * most(b.nav, 0.0);
    b.injection = V{};
    redeem(own, back, queue, *past.queue_stressed, fund, i, b);
    b.owed = kLends ? b.due + fund.loan.called[i] : b.due;
    if constexpr (kLends) {
      V wanted = claim(terms, own, fund, s.prices, s.system_key.is_active[i] > 0.0, i, b);
      fund.loan.claim[i] = wanted;
      fund.loan.buffer[i] = b.buffer;
      s.pool.claimed[i] += own.count * wanted;
    } else {
      plan_sales(own, fund, s.prices, i, b);
    }
  }
}

// Steps 2 to 8, or up to claims, of a few funds at a time: what one loop leaves in the caches the next one finds there.
template <bool kLends>
void morning(const Terms& terms, State& s, const Past* past) {
  constexpr int block = 4;
  for (int first = 0, last; first < F; first = last) {
    last = std::min(F, first + block);
    for (int f = first; f < last; f++) mark<kLends>(s.prices, s.funds[f]);
    for (int f = first; f < last; f++)
      if (past[f].sample) grow(past[f], s.funds[f]);
    for (int f = first; f < last; f++)
      if (past[f].sample) press(terms.funds[f], past[f], s.funds[f], s.tally.pressed);
    for (int f = first; f < last; f++) ask<kLends>(terms, s, f, past[f]);
  }
}

// Steps 7 and 8 where a facility lends.
void afternoon(const Terms& terms, State& s, int f, double t) {
  const FundTerms own = terms.funds[f];
  Fund& fund = s.funds[f];
  LANES {
    Books b;
    b.cash = fund.cash[i];
    b.navps = fund.navps[i];
    b.due = fund.due[i];
    b.owed = b.due + fund.loan.called[i];
    b.buffer = fund.loan.buffer[i];
    b.holdings = fund.holdings[i];
    b.intended = fund.intended[i];
    arrive(own, fund, s.pool, s.tally, i, b);
    note_use(own, fund, s.tally, t, i, b);
    plan_sales(own, fund, s.prices, i, b);
    fund.cash[i] = b.cash;
  }
}

// Steps 9 to 13 of a fund where nobody lends.
void evening(const Terms& terms, State& s, int f, const Past& past) {
  const FundTerms own = terms.funds[f];
  Fund& fund = s.funds[f];
  LANES {
    Books b;
    settle(fund, s.prices, i, b);
    pay(own, fund, i, b);
    b.debt = V{};
    s.tally.sold[i] += own.count * b.forced;
    check_fund(own, fund, s.tally, i, b);
    close_fund(own, fund, *past.close, i, b);
  }
}

// Steps 9 to 13 of a fund where a facility lends.
void evening_of_lending(const Terms& terms, State& s, int f, const Past& past) {
  const FundTerms own = terms.funds[f];
  Fund& fund = s.funds[f];
  V defaults{};
  LANES {
    Books b;
    settle(fund, s.prices, i, b);
    pay(own, fund, i, b);
    service(terms, own, fund, s.pool, s.tally, s.system_key.is_active[i] > 0.0, i, b);
    s.tally.sold[i] += own.count * b.forced;
    check_fund(own, fund, s.tally, i, b);
    fund.cash[i] = b.cash;
    fund.holdings[i] = b.holdings;
    defaults += fund.loan.is_default[i];
  }
  if (any(defaults > 0.0)) {
    s.has_stock = true;
    for (int lane = 0; lane < T; lane++)
      if (fund.loan.is_default.lanes()[lane] > 0.0) seize(terms, s, f, lane);
  }
  LANES {
    Books b;
    b.cash = fund.cash[i];
    b.shares = fund.shares[i];
    b.holdings = fund.holdings[i];
    b.debt = debt_of<true>(fund.loan, i);
    close_fund(own, fund, *past.close, i, b);
  }
}

}  // namespace
