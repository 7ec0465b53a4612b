// Steps 2 and 4: what a fund is worth, and what its investors ask for.
#pragma once

#include "arithmetic.hpp"
#include "lanes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

// Step 2. The day's drawdown is against this peak: a new one at the close is no fall.
template <bool kLends>
void mark(const Prices& prices, Fund& fund) {
  LANES {
    V pair[2] = {V{}, V{}}, shares = fund.shares[i];
    EACH_ASSET pair[j % 2] += fund.units[j][i] * prices.price[j][i];
    V holdings = pair[0] + pair[1], nav = fund.cash[i] + holdings - debt_of<kLends>(fund.loan, i);
    V navps = select(shares >= 1.0, nav / shares, fund.navps[i]);
    fund.holdings[i] = holdings;
    fund.navps[i] = navps;
    fund.peak[i] = most(fund.peak[i], navps);
  }
}

// Step 4: what falls due today, and new requests.
STEP void redeem(const FundTerms& terms, const Row& back, Row& queue, Fund& fund, int i, Books& b) {
  V worth = most(b.navps, 0.0), before = fund.overdue[i], overdue = before + queue[i], queued = fund.queued[i];
  V loss = most(1.0 - b.navps / back[i] - terms.tolerance, 0.0);
  V asked = least(terms.base_rate + terms.bear_slope * loss, terms.daily_cap) * (b.shares - queued);
  b.due = floor_of(overdue * worth);
  fund.due[i] = b.due;
  fund.late[i] = floor_of(before * worth);
  fund.overdue[i] = overdue;
  fund.queued[i] = queued + asked;
  queue[i] = asked;
  fund.redemption_requested[i] += floor_of(asked * worth);
}

}  // namespace
