// Step 6: keys that let a facility lend, of the system and of a fund.
#pragma once

#include "arithmetic.hpp"
#include "lanes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

STEP M holds(double sign, double threshold, V signal) { return sign * signal >= sign * threshold; }

// Step 6, a key without lag and cooldown; returns whether it is active.
STEP M turn(const KeyTerms& terms, Key& key, V signal, M is_read, int i) {
  M was_active = key.is_active[i] > 0.0;
  M enters = ~was_active & holds(terms.entry_sign, terms.entry_threshold, signal);
  M leaves = was_active & holds(terms.exit_sign, terms.exit_threshold, signal);
  V breach = select(enters, key.breach_days[i] + 1.0, 0.0), leaving = select(leaves, key.exit_days[i] + 1.0, 0.0);
  M is_met = enters & (breach >= terms.entry_days), is_left = leaves & (leaving >= terms.exit_days);
  M is_active = is_read & (is_met | (was_active & ~is_left));
  key.is_active[i] = flag(is_active);
  key.breach_days[i] = select(is_read & ~is_met, breach, 0.0);
  key.exit_days[i] = select(is_read & ~is_left, leaving, 0.0);
  return is_active;
}

// Step 6: the system key reads the fall of the index from its highest close in the window.
bool turn_system_key(const Terms& terms, State& s, int t) {
  const int window = (int)terms.size.window, index = (int)terms.size.index;
  const Row& suffix = s.index.suffix_peak[(t - 1) % window];
  V n_active{};
  LANES {
    V price = s.prices.price[index][i], before = most(suffix[i], s.index.prefix_peak[i]);
    M is_active = turn(terms.system_key, s.system_key, 1.0 - price / most(price, before), price > 0.0, i);
    V first = s.tally.first_active_day[i], on = flag(is_active);
    V now = select(is_active & (first == 0.0), (double)t, first);
    s.tally.days_active[i] += on;
    s.tally.first_active_day[i] = now;
    s.tally.first_breach_day[i] = select(now > 0.0, now - terms.system_key.entry_days + 1.0, 0.0);
    s.tally.n_activations[i] += on * (1.0 - s.tally.was_on[i]);
    s.tally.was_on[i] = on;
    n_active += on;
  }
  return any(n_active > 0.0);
}

}  // namespace
