// The arm of the workload funds in plain C++: the model of docs/model.md for the rules of that study, and no others.
//
//   arm --terms FILE --seam FILE --outcomes FILE --reps 1
//
// One program for one study, as one would write it who needs no other: sizes are fixed at compile time, a tile of paths
// stays in the caches, rules that the study does not use are not there, and the steps of a fund are few loops over
// lanes, each as long as what the CPU can look ahead. Steps are those of docs/model.md; `day` below is their order, and
// headers say at their top which they hold. Prints one JSON line with the ns a (path, day, fund), CPU time on one
// thread, the market left out, the least of the repetitions. cpp_arm.py writes the terms and the seam, and reads the
// outcomes.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <vector>

#include "arithmetic.hpp"
#include "files.hpp"
#include "funds.hpp"
#include "horizon.hpp"
#include "keys.hpp"
#include "lanes.hpp"
#include "lending.hpp"
#include "market.hpp"
#include "opening.hpp"
#include "past.hpp"
#include "pool.hpp"
#include "prices.hpp"
#include "scores.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

// Steps 12 and 13 of the path.
void record(const Terms& terms, State& s, int t, uint32_t* daily, int lanes) {
  const Row& close = s.prices.close[(int)terms.size.index];
  if (t % kSampleDays == 0) sample_scores(s, (int)terms.size.samples - 1 + t / kSampleDays);
  close_index(terms, s.index, close, t);
  find_trough(terms, s.index, close, s.tally, t);
  record_bands(terms, s, daily, lanes);
}

void day(const Terms& terms, State& s, const Row* log_return, const Row* volatility, int t, uint32_t* daily,
         int lanes) {
  Past past[F];
  for (int f = 0; f < F; f++) past[f] = past_of(terms, s, f, t);
  open_prices(terms, s.prices, log_return, volatility);
  bool is_active = terms.size.facilities > 0.0 && turn_system_key(terms, s, t);
  // on the day after a key closed, funds' keys close
  bool lends = is_active || s.was_active || s.has_loans || s.has_stock, had_stock = s.has_stock;
  s.was_active = is_active;
  fill(s.tally.pressed, 0.0);
  if (lends)
    lend(terms, s, past, t);
  else
    morning<false>(terms, s, past);
  move_prices(terms, s, had_stock);
  if (lends)
    close_lending(terms, s, past, had_stock);
  else
    for (int f = 0; f < F; f++) evening(terms, s, f, past[f]);
  check_pool(terms, s.pool, s.tally);
  record(terms, s, t, daily, lanes);
}

struct Arm {
  Terms terms;
  Histories past;
  std::vector<Row> seam;  // (tile, T, 2, J): log returns and volatilities
  std::vector<uint32_t> daily;  // (T, metric, bin)
  Outcomes out;
  std::unique_ptr<State> state;

  long paths() const { return (long)terms.size.paths; }
  int days() const { return (int)terms.size.days; }

  Arm(const char* terms_file, const char* seam_file) {
    read_terms(terms_file, terms, past);
    seam.resize((size_t)((paths() + T - 1) / T * days() * 2 * J));
    read_seam(seam_file, seam);
    daily.resize((size_t)days() * kMetrics * kBins);
    out.paths = paths();
    out.rows.resize((size_t)(kRows * paths()));
    state = state_for(terms.size);
  }

  void run() {
    std::fill(daily.begin(), daily.end(), 0);
    for (long first = 0; first < paths(); first += T) run_tile(first);
  }

  void run_tile(long first) {
    const int lanes = (int)std::min<long>(T, paths() - first);
    open_state(terms, past, *state);
    for (int t = 1; t <= days(); t++) {
      const Row* today = &seam[(first / T * days() + t - 1) * 2 * J];
      day(terms, *state, today, today + J, t, &daily[(size_t)(t - 1) * kMetrics * kBins], lanes);
    }
    write_outcomes(terms, *state, out, first, lanes);
  }
};

double seconds() {
  timespec at;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return at.tv_sec + 1e-9 * at.tv_nsec;
}

}  // namespace

int main(int count, char** given) {
  Arm arm(option(count, given, "--terms", "terms"), option(count, given, "--seam", "seam"));
  arm.run();  // warm
  double shortest = 1e300;
  for (int rep = std::atoi(option(count, given, "--reps", "1")); rep > 0; rep--) {
    double started = seconds();
    arm.run();
    shortest = std::min(shortest, seconds() - started);
  }
  if (const char* path = option(count, given, "--outcomes", nullptr)) write(path, arm.out, arm.daily);
  const double fund_days = (double)arm.paths() * arm.days() * F;
  std::printf("{\"ns_per_path_day_fund\": %.6g, \"tile\": %d}\n", shortest * 1e9 / fund_days, T);
}
