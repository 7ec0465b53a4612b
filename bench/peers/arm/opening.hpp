// Step 0: the state before the first day.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>

#include "arithmetic.hpp"
#include "lanes.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

std::unique_ptr<State> state_for(const Sizes& size) {
  auto state = std::make_unique<State>();
  state->closes.resize(F * (long)size.history);
  state->samples.resize(F * ((long)size.samples + (int)size.days / kSampleDays));
  state->queue.resize(F * (long)size.notice);
  state->queue_stressed.resize(F * (long)size.notice);
  state->index.closes.resize((long)size.window);
  state->index.suffix_peak.resize((long)size.window);
  return state;
}

void open_fund(const Terms& terms, const Histories& past, State& s, int f) {
  const FundTerms& own = terms.funds[f];
  Fund& fund = s.funds[f];
  std::memset(&fund, 0, sizeof fund);
  for (int j = 0; j < J; j++) fill(fund.units[j], own.units_open[j]);
  fill(fund.cash, own.cash_open);
  fill(fund.shares, own.nav_open);
  fill(fund.navps, 1.0);
  fill(fund.peak, 1.0);
  fill(fund.theta, 1.0);
  fill(fund.score_min, kNever);
  fill(fund.coverage_min, kNever);
  int history = (int)terms.size.history, samples = (int)terms.size.samples, notice = (int)terms.size.notice;
  int kept = (int)s.samples.size() / F;
  // the ring's slot of day d is d mod history; the last entry is of day 0
  for (int h = 0; h < history; h++) fill(s.closes[f * history + (h + 1) % history], past.nav[f * history + h]);
  for (int n = 0; n < samples; n++) fill(s.samples[f * kept + n], past.log_nav[f * samples + n]);
  const double a_day = own.queue_open * own.nav_open;
  for (int n = 0; n < notice; n++) {
    fill(s.queue[f * notice + n], n < own.notice_days ? a_day : 0.0);
    fill(s.queue_stressed[f * notice + n], 0.0);
  }
  fill(fund.queued, own.notice_days * a_day);
}

void open_index(const Histories& past, Index& index) {
  double highest = 0.0;
  for (int n = (int)past.index.size() - 1; n >= 0; n--) {
    highest = std::max(highest, past.index[n]);
    fill(index.suffix_peak[n], highest);
  }
  fill(index.prefix_peak, 0.0);
  fill(index.high, 1.0);
  fill(index.deepest, 0.0);
}

void open_state(const Terms& terms, const Histories& past, State& s) {
  std::memset(&s.prices, 0, sizeof s.prices);
  std::memset(&s.pool, 0, sizeof s.pool);
  std::memset(&s.tally, 0, sizeof s.tally);
  std::memset(&s.system_key, 0, sizeof s.system_key);
  for (Row& row : s.prices.trough) fill(row, 1.0);
  for (int f = 0; f < F; f++) open_fund(terms, past, s, f);
  double size = 0.0;
  for (double layer : terms.layer_size) size += layer;
  fill(s.pool.cash, size);
  fill(s.tally.pool_min_available, size);
  open_index(past, s.index);
  s.has_loans = s.has_stock = s.was_active = false;
}

}  // namespace
