// Step 8: what funds and the pool's inventory are to sell.
#pragma once

#include "arithmetic.hpp"
#include "lanes.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

// Step 8, in units u; where nothing is raised all that is sold is for pressure: n = min(a + raise u / holdings, limit), a = min(derisk u / holdings, limit), limit = min(u, part
// of ADV).
STEP void plan_sales(const FundTerms& terms, Fund& fund, const Prices& prices, int i, const Books& b) {
  V own = most(b.cash - b.injection - b.buffer, 0.0), lacking = b.owed - own, missing = lacking - b.injection;
  V to_derisk = b.intended - least(b.intended, most(b.injection - most(lacking, 0.0), 0.0));
  V to_raise = select(missing > 0.0, missing + J, 0.0), covered = fund.coverage_min[i];
  V planned{}, coverage = own / b.owed, inverse = select(b.holdings > 0.0, 1.0 / b.holdings, 0.0);
  V derisk = to_derisk * inverse, raise = to_raise * inverse;
  fund.coverage_min[i] = select(b.owed > 0.0, least(covered, coverage), covered);
  EACH_ASSET {
    V units = fund.units[j][i], limit = least(units, terms.participation * prices.capacity[j][i]);
    V a = least(derisk * units, limit);
    fund.to_sell[j][i] = least(raise * units + a, limit);
    planned += a * prices.price[j][i];
  }
  fund.theta[i] *= 1.0 - planned * inverse;
  fund.planned[i] = select(missing > 0.0, floor_of(planned), kNever);
}

void plan_inventory_sales(const Terms& terms, State& s) {
  for (int j = 0; j < J; j++)
    LANES {
      V pace = terms.facility.inventory_participation_frac * s.prices.capacity[j][i];
      s.pool.inventory_sale[j][i] = least(s.pool.inventory[j][i], pace);
    }
}

}  // namespace
