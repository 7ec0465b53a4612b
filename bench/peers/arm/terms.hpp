// Terms of the arm, in the order in which arm_terms.py writes them, and the days before the first.
#pragma once

#include <vector>

#include "sizes.hpp"

namespace {

struct PriceTerms {
  double kappa, decay, adv, calm_volatility, stress_adv_frac, advance_rate;
};

struct FundTerms {
  double count, cash_open, nav_open, buffer_frac, participation, nav_floor, unpaid_days_limit, material_sale;
  double horizon_days, tolerance, bear_slope, base_rate, base_inflow, queue_open, daily_cap, notice_days;
  double is_scored, rung_samples, threshold, floor, cut, speed, most_risk, n_history;
  double is_eligible, units_open[J];
};

struct KeyTerms {
  double entry_sign, entry_threshold, exit_sign, exit_threshold, entry_days, exit_days;
};

struct FacilityTerms {
  double coverage_frac, deductible_frac, fund_cap_frac, rate_per_day, tenor_days, n_rollovers, sweep_frac;
  double inventory_participation_frac;
};

struct Sizes {
  double days, paths, facilities, history, samples, window, notice, index;
};

struct Terms {
  Sizes size;
  double horizon_days, lowest[kMetrics], bins_per_unit[kMetrics], layer_size[Y];
  KeyTerms system_key, fund_key;
  FacilityTerms facility;
  PriceTerms prices[J];
  FundTerms funds[F];
};

struct Histories {
  std::vector<double> nav, log_nav, index;  // (F, history), (F, samples), (window,)
};

}  // namespace
