// A day on which the facility may lend, is owed or has stock: what it adds to the day of its funds.
#pragma once

#include "arithmetic.hpp"
#include "claims.hpp"
#include "funds.hpp"
#include "lanes.hpp"
#include "past.hpp"
#include "pool.hpp"
#include "sales.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

// Steps 2 to 8.
void lend(const Terms& terms, State& s, const Past* past, int t) {
  fill(s.pool.claimed, 0.0);
  morning<true>(terms, s, past);
  ration(s.pool);
  for (int f = 0; f < F; f++) afternoon(terms, s, f, t);
  read_use(s.pool, s.tally, t);
  if (s.has_stock) plan_inventory_sales(terms, s);
}

// Steps 9 to 13 of funds, and the pool's.
void close_lending(const Terms& terms, State& s, const Past* past, bool had_stock) {
  fill(s.pool.lent, 0.0);
  fill(s.pool.owed, 0.0);
  if (had_stock) settle_inventory_sales(s);
  for (int f = 0; f < F; f++) evening_of_lending(terms, s, f, past[f]);
  bear_the_day(terms, s.pool, s.tally);
  V owed{}, stock{};
  LANES {
    owed += s.pool.owed[i];
    EACH_ASSET stock += s.pool.inventory[j][i];
  }
  s.has_loans = any(owed > 0.0);
  s.has_stock = any(stock > 0.0);
}

}  // namespace
