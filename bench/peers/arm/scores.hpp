// Steps 3 and 5: a manager's score, and the sales that it presses for.
#pragma once

#include "arithmetic.hpp"
#include "lanes.hpp"
#include "past.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

// Step 3, in two loops: one after the other they wait less than as one.
void grow(const Past& past, Fund& fund) {
  const Row& sample = *past.sample;
  LANES fund.growth[i] = past.per_year * (log_of(most(fund.navps[i], kSmallestNavps)) - sample[i]);
}

// Step 5 too.
void press(const FundTerms& terms, const Past& past, Fund& fund, Row& pressed) {
  const double opening = terms.count * terms.nav_open;
  LANES {
    V score = exp_of(fund.growth[i]) - 1.0, pressure = clip((terms.threshold - score) * past.slope, 0.0, 1.0);
    V theta = fund.theta[i], target = clip(1.0 - terms.cut * pressure, 0.0, terms.most_risk);
    V change = select(theta > 0.0, terms.speed * (target - theta) / theta, 0.0);
    fund.intended[i] = most(-change, 0.0) * fund.holdings[i];
    fund.days_under_pressure[i] += pressure;
    fund.score_min[i] = least(fund.score_min[i], score);
    pressed[i] += opening * pressure;
  }
}

void sample_scores(State& s, int number) {
  int kept = (int)s.samples.size() / F;
  for (int f = 0; f < F; f++) {
    Row& sample = s.samples[f * kept + number];
    LANES sample[i] = log_of(most(s.funds[f].navps[i], kSmallestNavps));
  }
}

}  // namespace
