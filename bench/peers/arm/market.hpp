// Steps 12 and 13 of the path: the index at the close, its deepest fall, the daily metrics.
#pragma once

#include <cstdint>

#include "arithmetic.hpp"
#include "lanes.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

// Step 12: a maximum over the window is one of the end of a block of closes and of the start of the next.
void close_index(const Terms& terms, Index& index, const Row& close, int t) {
  const int window = (int)terms.size.window, position = (t - 1) % window;
  Row& kept = index.closes[position];
  LANES {
    kept[i] = close[i];
    index.prefix_peak[i] = most(index.prefix_peak[i], close[i]);
  }
  if (position < window - 1) return;
  fill(index.prefix_peak, 0.0);
  index.suffix_peak[window - 1] = index.closes[window - 1];
  for (int n = window - 2; n >= 0; n--)
    LANES index.suffix_peak[n][i] = most(index.closes[n][i], index.suffix_peak[n + 1][i]);
}

// Step 13: the day of the index's deepest fall, up to the horizon after the first activation.
void find_trough(const Terms& terms, Index& index, const Row& close, PathTally& tally, double t) {
  LANES {
    V high = most(index.high[i], close[i]), fall = 1.0 - close[i] / high, first = tally.first_active_day[i];
    M is_deeper = (fall > index.deepest[i]) & ((first == 0.0) | (first + terms.horizon_days >= t));
    index.high[i] = high;
    index.deepest[i] = select(is_deeper, fall, index.deepest[i]);
    tally.trough_day[i] = select(is_deeper, t, tally.trough_day[i]);
  }
}

// Step 12: one more in a bin of each daily metric, for each of the first `lanes` lanes.
void record_bands(const Terms& terms, const State& s, uint32_t* daily, int lanes) {
  double size = 0.0, assets = 0.0;
  for (double layer : terms.layer_size) size += layer;
  for (const FundTerms& fund : terms.funds) assets += fund.count * fund.nav_open;
  const int index = (int)terms.size.index;
  const Row* rows[kMetrics] = {&s.prices.close[index], &s.prices.dislocation[index], &s.pool.lent, &s.tally.sold,
                               &s.tally.pressed};
  const double scales[kMetrics] = {1.0, 1.0, size > 0.0 ? 1.0 / size : 0.0, 1.0 / assets, 1.0 / assets};
  for (int m = 0; m < kMetrics; m++, daily += kBins) {
    Row bins;
    LANES bins[i] = clip((scales[m] * (*rows[m])[i] - terms.lowest[m]) * terms.bins_per_unit[m], 0.0, kBins - 1.0);
    for (int lane = 0; lane < lanes; lane++) daily[(int)bins.lanes()[lane]]++;
  }
}

}  // namespace
