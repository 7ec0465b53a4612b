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

// Step 4: new money, what falls due today, and new requests.
STEP void redeem(const FundTerms& terms, const Row& back, Row& queue, Row& queue_stressed, Fund& fund, int i,
                 Books& b) {
  V worth = most(b.navps, 0.0), before = fund.overdue[i], overdue = before + queue[i], queued = fund.queued[i];
  V loss = most(1.0 - b.navps / back[i] - terms.tolerance, 0.0), free = b.shares - queued;
  V stressed = least(terms.bear_slope * loss, terms.daily_cap - terms.base_rate);
  V asked = (terms.base_rate + stressed) * free, inflow = floor_of(terms.base_inflow * most(free, 0.0) * worth);
  V due = floor_of(overdue * worth), overdue_stressed = fund.overdue_stressed[i] + queue_stressed[i];
  V due_stressed = least(overdue_stressed * worth, due), netted = least(floor_of(due - due_stressed), inflow);
  b.due = due - netted;
  b.shares += select(inflow > 0.0, inflow / worth, 0.0);
  b.cash += inflow - netted;
  b.nav += inflow;
  fund.shares[i] = b.shares;
  fund.cash[i] = b.cash;
  fund.due[i] = b.due;
  fund.netted[i] = netted;
  fund.due_stressed[i] = due_stressed;
  fund.overdue_stressed[i] = overdue_stressed;
  fund.late[i] = floor_of(before * worth);
  fund.overdue[i] = overdue;
  fund.queued[i] = queued + asked;
  fund.subscribed[i] += inflow;
  queue[i] = asked;
  queue_stressed[i] = stressed * free;
  fund.redemption_requested[i] += floor_of(asked * worth);
}

}  // namespace
