// Which of the days gone by a fund's day reads.
#pragma once

#include "lanes.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

// Of one fund on one day: the rows of days gone by, and factors of its score and pressure.
struct Past {
  const Row *back, *sample;
  Row *queue, *queue_stressed, *close;
  double per_year, slope;
};

Past past_of(const Terms& terms, State& s, int f, int t) {
  const FundTerms& own = terms.funds[f];
  const int history = (int)terms.size.history, notice = (int)own.notice_days, kept = (int)s.samples.size() / F;
  const int known = (t - 1) / kSampleDays - (int)own.rung_samples;
  const bool is_scored = own.is_scored > 0.0 && known >= -(int)own.n_history;
  Past past;
  past.back = &s.closes[f * history + (t + history - (int)own.horizon_days) % history];
  past.close = &s.closes[f * history + t % history];
  // what is asked for today falls due in the slot that today's requests leave
  past.queue = &s.queue[f * (int)terms.size.notice + t % notice];
  past.queue_stressed = &s.queue_stressed[f * (int)terms.size.notice + t % notice];
  past.sample = is_scored ? &s.samples[f * kept + (int)terms.size.samples - 1 + known] : nullptr;
  past.per_year = kDaysPerYear / (t - kSampleDays * known);
  past.slope = 1.0 / (own.threshold - own.floor);
  return past;
}

}  // namespace
