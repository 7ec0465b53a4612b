// The arm of the workload funds in plain C++: the model of docs/model.md for the rules of that study, and no others.
//
//   arm --terms FILE --seam FILE --outcomes FILE --reps 1
//
// One program for one study, as one would write it who needs no other: sizes are fixed at compile time, a tile of paths
// stays in the caches, rules that the study does not use are not there, and the steps of a fund are few loops over lanes,
// each as long as what the CPU can look ahead. Steps are those of docs/model.md. Prints one JSON line with the ns a
// (path, day, fund), CPU time on one thread, the market left out, the least of the repetitions. cpp_arm.py writes the
// terms and the seam, and reads the outcomes.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <initializer_list>
#include <memory>
#include <vector>

#ifndef TILE
#define TILE 16
#endif

namespace {

constexpr int T = TILE, J = ASSETS, F = FUNDS, Y = LAYERS, kMetrics = 5, kBins = 512, kSampleDays = 21;
constexpr double kDaysPerYear = 252.0, kNever = 1e300, kSmallestNavps = 1e-6;

// What one instruction works on, and a condition on each of its lanes: the language's own vectors, since the compiler's
// vectoriser gives up on loops as long as those below.
#ifdef __AVX512F__
constexpr int kWidth = 8;
#else
constexpr int kWidth = 4;
#endif
constexpr int N = T / kWidth;
typedef double V __attribute__((vector_size(kWidth * sizeof(double))));
typedef int64_t M __attribute__((vector_size(kWidth * sizeof(double))));
static_assert(T % kWidth == 0, "a tile is whole vectors");

struct Row {
  V at[N];
  V& operator[](int i) { return at[i]; }
  const V& operator[](int i) const { return at[i]; }
  double* lanes() { return reinterpret_cast<double*>(at); }
  const double* lanes() const { return reinterpret_cast<const double*>(at); }
};

using Rows = std::initializer_list<const Row*>;

#define STEP __attribute__((always_inline)) inline
#define LANES _Pragma("GCC unroll 1") for (int i = 0; i < N; i++)
#define EACH_ASSET _Pragma("GCC unroll 64") for (int j = 0; j < J; j++)
#define EACH_FUND _Pragma("GCC unroll 64") for (int f = 0; f < F; f++)

// ---------------------------------------------------------------------------------------------------------- arithmetic

STEP V all(double x) { return V{} + x; }
STEP V all(V x) { return x; }
template <class A, class B>
STEP V select(M m, A a, B b) { return m ? all(a) : all(b); }
STEP V flag(M m) { return select(m, 1.0, 0.0); }
STEP V most(V a, V b) { return a > b ? a : b; }
STEP V most(V a, double b) { return most(a, all(b)); }
STEP V least(V a, V b) { return a < b ? a : b; }
STEP V least(V a, double b) { return least(a, all(b)); }
STEP V clip(V x, double low, double high) { return least(most(x, low), high); }
STEP V size_of(V x) { return most(x, -x); }

STEP V floor_of(V x) {
  for (int lane = 0; lane < kWidth; lane++) x[lane] = std::floor(x[lane]);
  return x;
}

STEP V round_of(V x) {
  for (int lane = 0; lane < kWidth; lane++) x[lane] = std::rint(x[lane]);
  return x;
}

STEP bool any(M m) {
  int64_t found = 0;
  for (int lane = 0; lane < kWidth; lane++) found |= m[lane];
  return found != 0;
}

// e**x for |x| < 700, within 1 ulp or so; pairs of pairs (Estrin) make the chain short.
STEP V exp_of(V x) {
  constexpr double c[] = {0.5, 1.6666666666666669e-01, 4.1666666666623990e-02, 8.3333333333300513e-03,
                          1.3888888917281794e-03, 1.9841269863105968e-04, 2.4801521190217729e-05,
                          2.7557268378684192e-06, 2.7620138719733994e-07, 2.5100424157005067e-08};
  V k = round_of(x * 1.4426950408889634), r = x - k * 6.93147180369123816490e-01 - k * 1.90821492927058770002e-10;
  V r2 = r * r, r4 = r2 * r2;
  V low = (r * c[3] + c[2]) * r2 + (r * c[1] + c[0]), middle = (r * c[7] + c[6]) * r2 + (r * c[5] + c[4]);
  V high = (r * c[9] + c[8]) * r4 + middle, scale = (V)((M)(k + (0x1p52 + 1023.0)) << 52);
  return (r2 * (high * r4 + low) + r) * scale + scale;
}

// log x for a normal x > 0, within 1 ulp or so (fdlibm, Sun 1993).
STEP V log_of(V x) {
  constexpr double c[] = {6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
                          2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
                          1.479819860511658591e-01};
  constexpr int64_t root_half = 0x3FE6A09E00000000;
  M shifted = (M)x + (0x3FF0000000000000 - root_half);  // a mantissa from sqrt(1/2) to sqrt(2)
  V f = (V)((shifted & 0x000FFFFFFFFFFFFF) + root_half) - 1.0;
  V k = (V)((shifted >> 52) | 0x4330000000000000) - (0x1p52 + 1023.0);
  V s = f / (f + 2.0), half_square = 0.5 * f * f, z = s * s, z2 = z * z;
  V low = (z * c[3] + c[2]) * z2 + (z * c[1] + c[0]), high = (z2 * c[6] + (z * c[5] + c[4])) * (z2 * z2);
  V rest = half_square - (s * (half_square + z * (low + high)) + k * 1.90821492927058770002e-10);
  return k * 6.93147180369123816490e-01 + (f - rest);
}

// --------------------------------------------------------------------------------------------------------------- terms

struct PriceTerms {
  double kappa, decay, adv, calm_volatility, stress_adv_frac, advance_rate;
};

struct FundTerms {
  double count, cash_open, nav_open, buffer_frac, participation, nav_floor, unpaid_days_limit, material_sale;
  double horizon_days, tolerance, bear_slope, base_rate, daily_cap, notice_days;
  double is_scored, rung_samples, threshold, floor, derisk_per_day, derisk_cap, n_history;
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

// --------------------------------------------------------------------------------------------------------------- state

struct Prices {
  Row log_fundamental[J], volume[J], k[J], price[J], inverse_adv[J], execution[J], close[J], dislocation[J];
  Row capacity[J];  // ADV in units
  Row trough[J], worst[J];
};

struct Key {
  Row is_active, breach_days, exit_days;
};

struct Loan {
  Row drawn, interest_due, age, rollovers, called, unmet, shadow_peak, claim;
  Row buffer, is_default;
  Row injected, injected_to_leavers, injected_insolvent, repaid, interest_paid, drawn_peak, defaulted;
  Key key;
};

struct Fund {
  Row units[J], to_sell[J];
  Row cash, shares, navps, peak, overdue, queued, due, late, unpaid_days, derisked;
  Row max_drawdown, days_under_pressure, score_min, redemption_requested, redemption_paid, forced_sales;
  Row forced_sale_cost, coverage_min, shortfall_days, shortfall_peak, distress_days, failed;
  Row holdings, growth, intended;  // of today: from one loop to the next
  Loan loan;
};

struct Pool {
  Row cash, cash_out, cash_in, income, loss, surplus, taxpayer, layer_loss[Y];
  Row inventory[J], inventory_cost[J], inventory_sale[J];
  Row claimed, ratio, available, allotted, is_dry, lent, owed;
};

struct Index {
  Row prefix_peak, high, deepest;
  std::vector<Row> closes, suffix_peak;  // (window,)
};

struct PathTally {
  Row pool_peak_use, pool_min_available, first_dry_day, n_injections, injected, repaid, interest_paid, resale_gain;
  Row loss, unmet_claims, days_active, first_active_day, n_activations, first_breach_day, first_cash_day, trough_day;
  Row money_created;
  Row was_on, sold, pressed;  // not outcomes: on yesterday, forced sales so far, NAV under pressure today
};

struct State {
  Prices prices;
  Fund funds[F];
  Pool pool;
  Key system_key;
  Index index;
  PathTally tally;
  std::vector<Row> closes, samples, queue;  // rings (F, history) and (F, notice); (F, samples)
  bool has_loans, has_stock, was_active;
};

void fill(Row& row, double value) {
  for (V& each : row.at) each = all(value);
}

// Some lanes of one fund between two of its steps: what stays in registers.
struct Books {
  V cash, shares, holdings, debt, nav, navps, peak, buffer, due, owed, intended, injection, gross, cost;
};

// ------------------------------------------------------------------------------------------------------------- opening

void open_fund(const Terms& terms, const Histories& past, State& s, int f) {
  const FundTerms& own = terms.funds[f];
  Fund& fund = s.funds[f];
  std::memset(&fund, 0, sizeof fund);
  for (int j = 0; j < J; j++) fill(fund.units[j], own.units_open[j]);
  fill(fund.cash, own.cash_open);
  fill(fund.shares, own.nav_open);
  fill(fund.navps, 1.0);
  fill(fund.peak, 1.0);
  fill(fund.score_min, kNever);
  fill(fund.coverage_min, kNever);
  int history = (int)terms.size.history, samples = (int)terms.size.samples, notice = (int)terms.size.notice;
  int kept = (int)s.samples.size() / F;
  // the ring's slot of day d is d mod history; the last entry is of day 0
  for (int h = 0; h < history; h++) fill(s.closes[f * history + (h + 1) % history], past.nav[f * history + h]);
  for (int n = 0; n < samples; n++) fill(s.samples[f * kept + n], past.log_nav[f * samples + n]);
  for (int n = 0; n < notice; n++) fill(s.queue[f * notice + n], 0.0);
}

void open_state(const Terms& terms, const Histories& past, State& s) {
  std::memset(&s.prices, 0, sizeof s.prices);
  std::memset(&s.pool, 0, sizeof s.pool);
  std::memset(&s.tally, 0, sizeof s.tally);
  std::memset(&s.system_key, 0, sizeof s.system_key);
  for (Row& row : s.prices.trough) fill(row, 1.0);
  for (int f = 0; f < F; f++) open_fund(terms, past, s, f);
  double size = 0.0, highest = 0.0;
  for (double layer : terms.layer_size) size += layer;
  fill(s.pool.cash, size);
  fill(s.tally.pool_min_available, size);
  for (int n = (int)past.index.size() - 1; n >= 0; n--) {
    highest = std::max(highest, past.index[n]);
    fill(s.index.suffix_peak[n], highest);
  }
  fill(s.index.prefix_peak, 0.0);
  fill(s.index.high, 1.0);
  fill(s.index.deepest, 0.0);
  s.has_loans = s.has_stock = s.was_active = false;
}

// ------------------------------------------------------------------------------------------ 1 and 9: prices and impact

// Step 1. 1 / ADV and 1 / price rather than what is divided by them.
void open_prices(const Terms& terms, Prices& prices, const Row* log_return, const Row* volatility) {
  for (int j = 0; j < J; j++) {
    const PriceTerms own = terms.prices[j];
    const double inverse_adv = 1.0 / own.adv, inverse_calm = 1.0 / own.calm_volatility;
    const double largest = 1.0 / own.stress_adv_frac;
    LANES {
      V sigma = volatility[j][i], fundamental = prices.log_fundamental[j][i] + log_return[j][i];
      V volume = prices.volume[j][i] * own.decay, k = own.kappa * sigma;
      V price = exp_of(fundamental - k * volume);
      V inverse = inverse_adv * least(most(sigma * inverse_calm, 1.0), largest);
      prices.log_fundamental[j][i] = fundamental;
      prices.volume[j][i] = volume;
      prices.k[j][i] = k;
      prices.price[j][i] = price;
      prices.inverse_adv[j][i] = inverse;
      prices.capacity[j][i] = 1.0 / (inverse * price);
    }
  }
}

// Step 9: what all have ordered, and what it does to prices.
void move_prices(const Terms& terms, State& s, bool has_stock) {
  Prices& prices = s.prices;
  for (int j = 0; j < J; j++) {
    LANES {
      V part[4] = {has_stock ? s.pool.inventory_sale[j][i] : V{}, V{}, V{}, V{}};
      EACH_FUND part[f % 4] += terms.funds[f].count * s.funds[f].to_sell[j][i];
      V units = (part[0] + part[1]) + (part[2] + part[3]);
      V before = prices.volume[j][i], fundamental = prices.log_fundamental[j][i], k = prices.k[j][i];
      V q = units * prices.price[j][i] * prices.inverse_adv[j][i], dislocation = k * (before + q);
      V close = exp_of(fundamental - dislocation);
      prices.volume[j][i] = before + q;
      prices.dislocation[j][i] = dislocation;
      prices.execution[j][i] = exp_of(fundamental - k * (before + 0.5 * q));
      prices.close[j][i] = close;
      prices.trough[j][i] = least(prices.trough[j][i], close);
      prices.worst[j][i] = most(prices.worst[j][i], dislocation);
    }
  }
}

// ---------------------------------------------------------------------------------------- 2 to 6: what a fund is asked

// Of one fund on one day: the rows of days gone by, and factors of its score and pressure.
struct Past {
  const Row *back, *sample;
  Row *queue, *close;
  double per_year, slope;
};

template <bool kLends>
STEP V debt_of(const Loan& loan, int i) { return kLends ? loan.drawn[i] + loan.interest_due[i] : V{}; }

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
    V room = most(terms.derisk_cap - fund.derisked[i], 0.0);
    fund.intended[i] = least(pressure * terms.derisk_per_day * fund.holdings[i], room);
    fund.days_under_pressure[i] += flag(pressure > 0.0);
    fund.score_min[i] = least(fund.score_min[i], score);
    pressed[i] += select(pressure > 0.0, opening, 0.0);
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

// Steps 6 and 7: the fund's own key, and what it claims.
STEP V claim(const Terms& terms, const FundTerms& own, Fund& fund, const Prices& prices, M is_open, int i,
             const Books& b) {
  Loan& loan = fund.loan;
  const FacilityTerms& facility = terms.facility;
  M was_active = loan.key.is_active[i] > 0.0;
  M is_active = turn(terms.fund_key, loan.key, 1.0 - b.navps / b.peak, is_open, i);
  V shadow_peak = select(is_active & ~was_active, b.peak, loan.shadow_peak[i]), pledged{};
  EACH_ASSET pledged += terms.prices[j].advance_rate * (fund.units[j][i] * prices.price[j][i]);
  V drawn = loan.drawn[i], need = b.owed + b.intended - most(b.cash - b.buffer, 0.0);
  V fall = most(shadow_peak * (1.0 - facility.deductible_frac) - b.navps, 0.0);
  V cover = facility.coverage_frac * fall * b.shares - drawn;
  V cap = facility.fund_cap_frac * most(b.nav, 0.0) - drawn;
  V wanted = floor_of(most(least(least(need, cover), least(pledged - b.debt, cap)), 0.0));
  M may = is_active & (fund.failed[i] == 0.0) & (loan.defaulted[i] == 0.0) & (loan.called[i] == 0.0);
  loan.shadow_peak[i] = shadow_peak;
  return select(may, own.is_eligible * wanted, 0.0);
}

// ----------------------------------------------------------------------------------- 7 and 8: claims, and what to sell

// Step 7: the fund's part of the pool's money, by cumulative remainder.
STEP void arrive(const FundTerms& terms, Fund& fund, Pool& pool, PathTally& tally, int i, Books& b) {
  Loan& loan = fund.loan;
  V wanted = loan.claim[i], claimed = pool.claimed[i] + terms.count * wanted;
  V allotted = least(floor_of(claimed * pool.ratio[i]), pool.available[i]);
  b.injection = least(wanted, floor_of((allotted - pool.allotted[i]) / terms.count));
  V unmet = wanted - b.injection, drawn = loan.drawn[i] + b.injection, total = terms.count * b.injection;
  pool.claimed[i] = claimed;
  pool.allotted[i] = allotted;
  pool.is_dry[i] = select(unmet > 0.0, 1.0, pool.is_dry[i]);
  pool.cash[i] -= total;
  pool.cash_out[i] += total;
  tally.injected[i] += total;
  tally.n_injections[i] += select(b.injection > 0.0, terms.count, 0.0);
  tally.unmet_claims[i] += terms.count * most(unmet - loan.unmet[i], 0.0);
  loan.unmet[i] = unmet;
  loan.drawn[i] = drawn;
  loan.injected[i] += b.injection;
  loan.drawn_peak[i] = most(loan.drawn_peak[i], drawn);
  b.cash += b.injection;
}

STEP void note_use(const FundTerms& terms, Fund& fund, PathTally& tally, double t, int i, const Books& b) {
  V lacking = most(b.due - most(b.cash - b.injection - b.buffer, 0.0), 0.0), first = tally.first_cash_day[i];
  fund.loan.injected_to_leavers[i] += floor_of(least(b.injection, lacking));
  fund.loan.injected_insolvent[i] += select(b.navps < terms.nav_floor, b.injection, 0.0);
  tally.first_cash_day[i] = select((b.injection > 0.0) & (first == 0.0), t, first);
}

// Step 8, in units u: n = min(a + raise u / holdings, limit), a = min(derisk u / holdings, limit), limit = min(u, part of
// ADV).
STEP void plan_sales(const FundTerms& terms, Fund& fund, const Prices& prices, int i, const Books& b) {
  V own = most(b.cash - b.injection - b.buffer, 0.0), lacking = b.owed - own, missing = lacking - b.injection;
  V to_derisk = b.intended - least(b.intended, most(b.injection - most(lacking, 0.0), 0.0));
  V to_raise = select(missing > 0.0, missing + J, 0.0), covered = fund.coverage_min[i], derisked = fund.derisked[i];
  V coverage = own / b.owed, inverse = select(b.holdings > 0.0, 1.0 / b.holdings, 0.0);
  V derisk = to_derisk * inverse, raise = to_raise * inverse;
  fund.coverage_min[i] = select(b.owed > 0.0, least(covered, coverage), covered);
  EACH_ASSET {
    V units = fund.units[j][i], limit = least(units, terms.participation * prices.capacity[j][i]);
    V a = least(derisk * units, limit);
    fund.to_sell[j][i] = least(raise * units + a, limit);
    derisked += a * prices.price[j][i];
  }
  fund.derisked[i] = derisked;
}

// Steps 4 and 6 to 8: up to claims where a facility lends, up to sales where none does.
template <bool kLends>
void ask(const Terms& terms, State& s, int f, const Past& past) {
  const FundTerms own = terms.funds[f];
  const Row& back = *past.back;
  Row& queue = *past.queue;
  Fund& fund = s.funds[f];
  LANES {
    Books b;
    b.cash = fund.cash[i];
    b.shares = fund.shares[i];
    b.holdings = fund.holdings[i];
    b.navps = fund.navps[i];
    b.peak = fund.peak[i];
    b.intended = fund.intended[i];
    b.debt = debt_of<kLends>(fund.loan, i);
    b.nav = b.cash + b.holdings - b.debt;
    b.buffer = own.buffer_frac * most(b.nav, 0.0);
    b.injection = V{};
    redeem(own, back, queue, fund, i, b);
    b.owed = kLends ? b.due + fund.loan.called[i] : b.due;
    if constexpr (kLends) {
      V wanted = claim(terms, own, fund, s.prices, s.system_key.is_active[i] > 0.0, i, b);
      fund.loan.claim[i] = wanted;
      fund.loan.buffer[i] = b.buffer;
      s.pool.claimed[i] += own.count * wanted;
    } else {
      plan_sales(own, fund, s.prices, i, b);
    }
  }
}

// Step 7: pro rata, where claims exceed what is there.
void ration(Pool& pool) {
  LANES {
    V total = pool.claimed[i], available = pool.cash[i], ratio = available / total;
    pool.available[i] = available;
    pool.ratio[i] = select(total > available, ratio, 1.0);
    pool.claimed[i] = pool.allotted[i] = pool.is_dry[i] = V{};
  }
}

// Steps 7 and 8 where a facility lends.
void afternoon(const Terms& terms, State& s, int f, double t) {
  const FundTerms own = terms.funds[f];
  Fund& fund = s.funds[f];
  LANES {
    Books b;
    b.cash = fund.cash[i];
    b.navps = fund.navps[i];
    b.due = fund.due[i];
    b.owed = b.due + fund.loan.called[i];
    b.buffer = fund.loan.buffer[i];
    b.holdings = fund.holdings[i];
    b.intended = fund.intended[i];
    arrive(own, fund, s.pool, s.tally, i, b);
    note_use(own, fund, s.tally, t, i, b);
    plan_sales(own, fund, s.prices, i, b);
    fund.cash[i] = b.cash;
  }
}

// Step 7: the pool after the day's approvals, before its repayments.
void read_use(Pool& pool, PathTally& tally, double t) {
  LANES {
    V first = tally.first_dry_day[i];
    tally.pool_peak_use[i] = most(tally.pool_peak_use[i], pool.cash_out[i] - pool.cash_in[i]);
    tally.pool_min_available[i] = least(tally.pool_min_available[i], pool.cash[i]);
    tally.first_dry_day[i] = select((pool.is_dry[i] > 0.0) & (first == 0.0), t, first);
  }
}

// --------------------------------------------------------------------------- 9, 10, 12 and 13: settlement to the close

// Step 9: proceeds, what impact cost, and what is left at closing prices.
STEP void settle(Fund& fund, const Prices& prices, int i, Books& b) {
  V proceeds{}, gross{};
  b.holdings = V{};
  EACH_ASSET {
    V n = fund.to_sell[j][i], units = fund.units[j][i] - n;
    proceeds += floor_of(n * prices.execution[j][i]);
    gross += floor_of(n * prices.price[j][i]);
    b.holdings += units * prices.close[j][i];
    fund.units[j][i] = units;
  }
  b.gross = gross;
  b.cost = gross - proceeds;
  b.cash = fund.cash[i] + proceeds;
  fund.forced_sales[i] += gross;
  fund.forced_sale_cost[i] += b.cost;
}

// Step 9: what is due is paid as far as cash goes; step 13: distress.
STEP void pay(const FundTerms& terms, Fund& fund, int i, Books& b) {
  V due = fund.due[i], late = fund.late[i], paid = least(due, b.cash), overdue = fund.overdue[i];
  V days = select(late <= paid, 1.0, fund.unpaid_days[i] + 1.0), unpaid_days = select(paid < due, days, 0.0);
  V is_late = flag(unpaid_days >= 2.0), retired = select(paid == due, overdue, paid / fund.navps[i]);
  b.cash -= paid;
  b.shares = fund.shares[i] - retired;
  fund.shares[i] = b.shares;
  fund.overdue[i] = overdue - retired;
  fund.queued[i] -= retired;
  fund.unpaid_days[i] = unpaid_days;
  fund.redemption_paid[i] += paid;
  fund.shortfall_days[i] += is_late;
  fund.shortfall_peak[i] = most(fund.shortfall_peak[i], is_late * (late - paid));
  fund.distress_days[i] += flag((b.gross >= terms.material_sale) | (unpaid_days >= 2.0));
}

// Step 10: interest, then what is paid back of it and of principal.
STEP void service(const Terms& terms, const FundTerms& own, Fund& fund, Pool& pool, PathTally& tally, M is_active,
                  int i, Books& b) {
  const FacilityTerms& facility = terms.facility;
  Loan& loan = fund.loan;
  V drawn = loan.drawn[i], due = loan.interest_due[i] + floor_of(drawn * facility.rate_per_day);
  V age = loan.age[i] + flag(drawn + due > 0.0), rollovers = loan.rollovers[i];
  M is_called = loan.called[i] > 0.0, is_old = age >= facility.tenor_days;
  M is_rolled = is_old & ~is_called & is_active & (rollovers < facility.n_rollovers);
  M must = is_called | (is_old & ~is_rolled);
  V swept = floor_of(facility.sweep_frac * most(b.cash - loan.buffer[i], 0.0)), whole = most(b.cash, 0.0);
  V willing = select(is_active, 0.0, swept), budget = select(must, whole, willing);
  V interest = least(due, budget), principal = least(drawn, budget - interest);
  drawn -= principal;
  due -= interest;
  b.cash -= interest + principal;
  V owed = drawn + due, tomorrow = owed + floor_of(drawn * facility.rate_per_day);
  M is_overdue = must & (owed > 0.0), is_default = is_overdue & is_called & (owed > b.cost);
  M is_clear = (owed == 0.0) | is_default;
  loan.drawn[i] = drawn;
  loan.interest_due[i] = due;
  loan.age[i] = select(is_clear | is_rolled, 0.0, age);
  loan.rollovers[i] = select(is_clear, 0.0, rollovers + flag(is_rolled));
  loan.called[i] = select(is_overdue & ~is_default, tomorrow, 0.0);
  loan.is_default[i] = flag(is_default);
  loan.interest_paid[i] += interest;
  loan.repaid[i] += principal;
  pool.cash[i] += own.count * (interest + principal);
  pool.cash_in[i] += own.count * (interest + principal);
  pool.income[i] += own.count * interest;
  pool.lent[i] += own.count * drawn;
  pool.owed[i] += owed;
  tally.interest_paid[i] += own.count * interest;
  tally.repaid[i] += own.count * principal;
}

// Step 11: each fund's cash against all that went in and out.
STEP void check_fund(const FundTerms& terms, const Fund& fund, PathTally& tally, int i, const Books& b) {
  V came = terms.cash_open + (fund.forced_sales[i] - fund.forced_sale_cost[i]) + fund.loan.injected[i];
  V went = fund.redemption_paid[i] + fund.loan.repaid[i] + fund.loan.interest_paid[i];
  tally.money_created[i] = most(tally.money_created[i], size_of(b.cash - (came - went)));
}

// Step 12: NAV at the close; the drawdown is the day's largest.
STEP void close_fund(const FundTerms& terms, Fund& fund, Row& close, int i, Books& b) {
  V nav = b.cash + b.holdings - b.debt, before = fund.navps[i], peak = fund.peak[i], per_share = nav / b.shares;
  V navps = select(b.shares >= 1.0, per_share, before);
  M fails = (navps < terms.nav_floor) | (fund.unpaid_days[i] > terms.unpaid_days_limit);
  fund.cash[i] = b.cash;
  fund.navps[i] = navps;
  fund.peak[i] = most(peak, navps);
  fund.max_drawdown[i] = most(fund.max_drawdown[i], 1.0 - least(before, navps) / peak);
  fund.failed[i] = select(fails, 1.0, fund.failed[i]);
  close[i] = most(navps, kSmallestNavps);
}

// Steps 9 to 13 of a fund where nobody lends.
void evening(const Terms& terms, State& s, int f, const Past& past) {
  const FundTerms own = terms.funds[f];
  Fund& fund = s.funds[f];
  LANES {
    Books b;
    settle(fund, s.prices, i, b);
    pay(own, fund, i, b);
    b.debt = V{};
    s.tally.sold[i] += own.count * b.gross;
    check_fund(own, fund, s.tally, i, b);
    close_fund(own, fund, *past.close, i, b);
  }
}

// Step 10, rare: the same share of every pledged asset goes to the pool's inventory, at closing prices.
void seize(const Terms& terms, State& s, int f, int lane) {
  Fund& fund = s.funds[f];
  Pool& pool = s.pool;
  Loan& loan = fund.loan;
  auto at = [lane](Row& row) -> double& { return row.lanes()[lane]; };
  const double count = terms.funds[f].count, drawn = at(loan.drawn), owed = drawn + at(loan.interest_due);
  double values[J], worth = 0.0, so_far = 0.0, cost_so_far = 0.0;
  int last = 0;
  for (int j = 0; j < J; j++) {
    values[j] = terms.prices[j].advance_rate > 0.0 ? at(fund.units[j]) * at(s.prices.close[j]) : 0.0;
    worth += values[j];
    if (terms.prices[j].advance_rate > 0.0) last = j;
  }
  const double share = worth > 0.0 ? std::min(1.0, owed / worth) : 0.0, seized = std::min(std::floor(worth), owed);
  for (int j = 0; j <= last; j++) {
    if (terms.prices[j].advance_rate <= 0.0) continue;
    so_far += values[j];
    double part = worth > 0.0 ? std::min(std::floor(seized * (so_far / worth)), seized) : 0.0;
    double bound = j == last ? seized : part, taken = share * at(fund.units[j]);
    at(fund.units[j]) -= taken;
    at(fund.holdings) -= taken * at(s.prices.close[j]);
    at(pool.inventory[j]) += count * taken;
    at(pool.inventory_cost[j]) += count * (bound - cost_so_far);
    cost_so_far = bound;
  }
  const double recovered = std::min(seized, drawn);
  at(pool.loss) += count * (drawn - recovered);
  at(pool.income) += count * (seized - recovered);
  at(pool.lent) -= count * drawn;
  at(loan.drawn) = at(loan.interest_due) = 0.0;
  at(loan.defaulted) = 1.0;
}

// Steps 9 to 13 of a fund where a facility lends.
void evening_of_lending(const Terms& terms, State& s, int f, const Past& past) {
  const FundTerms own = terms.funds[f];
  Fund& fund = s.funds[f];
  V defaults{};
  LANES {
    Books b;
    settle(fund, s.prices, i, b);
    pay(own, fund, i, b);
    service(terms, own, fund, s.pool, s.tally, s.system_key.is_active[i] > 0.0, i, b);
    s.tally.sold[i] += own.count * b.gross;
    check_fund(own, fund, s.tally, i, b);
    fund.cash[i] = b.cash;
    fund.holdings[i] = b.holdings;
    defaults += fund.loan.is_default[i];
  }
  if (any(defaults > 0.0)) {
    s.has_stock = true;
    for (int lane = 0; lane < T; lane++)
      if (fund.loan.is_default.lanes()[lane] > 0.0) seize(terms, s, f, lane);
  }
  LANES {
    Books b;
    b.cash = fund.cash[i];
    b.shares = fund.shares[i];
    b.holdings = fund.holdings[i];
    b.debt = debt_of<true>(fund.loan, i);
    close_fund(own, fund, *past.close, i, b);
  }
}

void sample_scores(State& s, int number) {
  int kept = (int)s.samples.size() / F;
  for (int f = 0; f < F; f++) {
    Row& sample = s.samples[f * kept + number];
    LANES sample[i] = log_of(most(s.funds[f].navps[i], kSmallestNavps));
  }
}

// --------------------------------------------------------------------------------------------- 8 to 11: the pool's day

void plan_inventory_sales(const Terms& terms, State& s) {
  for (int j = 0; j < J; j++)
    LANES {
      V pace = terms.facility.inventory_participation_frac * s.prices.capacity[j][i];
      s.pool.inventory_sale[j][i] = least(s.pool.inventory[j][i], pace);
    }
}

void settle_inventory_sales(State& s) {
  Pool& pool = s.pool;
  for (int j = 0; j < J; j++)
    LANES {
      V sale = pool.inventory_sale[j][i], stock = pool.inventory[j][i], cost = pool.inventory_cost[j][i];
      V receipt = floor_of(sale * s.prices.execution[j][i]), part = floor_of(cost * sale / stock);
      V relieved = select(sale >= stock, cost, part), gain = receipt - relieved;
      pool.inventory[j][i] = stock - sale;
      pool.inventory_cost[j][i] = cost - relieved;
      pool.cash[i] += receipt;
      pool.cash_in[i] += receipt;
      pool.income[i] += most(gain, 0.0);
      pool.loss[i] += most(-gain, 0.0);
      s.tally.resale_gain[i] += gain;
    }
}

// Step 11: the day's net through the capital stack.
void bear_the_day(const Terms& terms, Pool& pool, PathTally& tally) {
  LANES {
    V net = pool.loss[i] - pool.income[i], loss = most(net, 0.0), income = most(-net, 0.0);
    V from_surplus = least(pool.surplus[i], loss), taxpayer = pool.taxpayer[i];
    tally.loss[i] += pool.loss[i];
    pool.loss[i] = pool.income[i] = V{};
    loss -= from_surplus;
#pragma GCC unroll 16
    for (int y = 0; y < Y; y++) {
      V borne = least(terms.layer_size[y] - pool.layer_loss[y][i], loss);
      pool.layer_loss[y][i] += borne;
      loss -= borne;
    }
    V to_taxpayer = least(taxpayer + loss, income);
    pool.taxpayer[i] = taxpayer + loss - to_taxpayer;
    income -= to_taxpayer;
#pragma GCC unroll 16
    for (int y = Y - 1; y >= 0; y--) {
      V back = least(pool.layer_loss[y][i], income);
      pool.layer_loss[y][i] -= back;
      income -= back;
    }
    pool.surplus[i] += income - from_surplus;
  }
}

// Step 11: both sides of the pool's books.
void check_pool(const Terms& terms, Pool& pool, PathTally& tally) {
  LANES {
    V capital = pool.surplus[i] - pool.taxpayer[i], held = pool.cash[i] + pool.lent[i];
#pragma GCC unroll 16
    for (int y = 0; y < Y; y++) capital += terms.layer_size[y] - pool.layer_loss[y][i];
    EACH_ASSET held += pool.inventory_cost[j][i];
    tally.money_created[i] = most(tally.money_created[i], size_of(held - capital));
  }
}

// -------------------------------------------------------------------------------- 6, 12 and 13: the index and the path

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

// ---------------------------------------------------------------------------------------------------- days of one tile

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
  past.sample = is_scored ? &s.samples[f * kept + (int)terms.size.samples - 1 + known] : nullptr;
  past.per_year = kDaysPerYear / (t - kSampleDays * known);
  past.slope = 1.0 / (own.threshold - own.floor);
  return past;
}

// Steps 2 to 8, or up to claims, of a few funds at a time: what one loop leaves in the caches the next one finds there.
template <bool kLends>
void morning(const Terms& terms, State& s, const Past* past) {
  constexpr int block = 4;
  for (int first = 0, last; first < F; first = last) {
    last = std::min(F, first + block);
    for (int f = first; f < last; f++) mark<kLends>(s.prices, s.funds[f]);
    for (int f = first; f < last; f++)
      if (past[f].sample) grow(past[f], s.funds[f]);
    for (int f = first; f < last; f++)
      if (past[f].sample) press(terms.funds[f], past[f], s.funds[f], s.tally.pressed);
    for (int f = first; f < last; f++) ask<kLends>(terms, s, f, past[f]);
  }
}

void lend(const Terms& terms, State& s, const Past* past, int t) {
  fill(s.pool.claimed, 0.0);
  morning<true>(terms, s, past);
  ration(s.pool);
  for (int f = 0; f < F; f++) afternoon(terms, s, f, t);
  read_use(s.pool, s.tally, t);
}

void close_lending(const Terms& terms, State& s, const Past* past, bool had_stock) {
  fill(s.pool.lent, 0.0);
  fill(s.pool.owed, 0.0);
  if (had_stock) settle_inventory_sales(s);
  for (int f = 0; f < F; f++) evening_of_lending(terms, s, f, past[f]);
  bear_the_day(terms, s.pool, s.tally);
  V owed{}, stock{};
  LANES {
    owed += s.pool.owed[i];
    EACH_ASSET stock += s.pool.inventory[j][i];
  }
  s.has_loans = any(owed > 0.0);
  s.has_stock = any(stock > 0.0);
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
  if (lends) {
    lend(terms, s, past, t);
    if (had_stock) plan_inventory_sales(terms, s);
  } else {
    morning<false>(terms, s, past);
  }
  move_prices(terms, s, had_stock);
  if (lends)
    close_lending(terms, s, past, had_stock);
  else
    for (int f = 0; f < F; f++) evening(terms, s, f, past[f]);
  check_pool(terms, s.pool, s.tally);
  const Row& close = s.prices.close[(int)terms.size.index];
  if (t % kSampleDays == 0) sample_scores(s, (int)terms.size.samples - 1 + t / kSampleDays);
  close_index(terms, s.index, close, t);
  find_trough(terms, s.index, close, s.tally, t);
  record_bands(terms, s, daily, lanes);
}

// --------------------------------------------------------------------------------------------------------- the horizon

struct FundEnd {
  Row nav_end, redemption_unpaid, derisked, drawn_end, sales_postponed;
};

struct PathEnd {
  Row stock_cost_end, outstanding_end, marked_loss_end, injected_to_failed, worst_dislocation, system_losses;
  Row forced_sales, sales_postponed;
};

void close_outcomes_of(const Terms& terms, const State& s, int f, FundEnd& end, PathEnd& path) {
  const Fund& fund = s.funds[f];
  const double count = terms.funds[f].count;
  LANES {
    V holdings{}, dislocated{}, drawn = fund.loan.drawn[i], debt = drawn + fund.loan.interest_due[i];
    for (int j = 0; j < J; j++) {
      V value = fund.units[j][i] * s.prices.close[j][i];
      holdings += value;
      dislocated += value * (exp_of(most(s.prices.dislocation[j][i], 0.0)) - 1.0);
    }
    end.nav_end[i] = fund.cash[i] + holdings - debt;
    end.redemption_unpaid[i] = floor_of(fund.overdue[i] * most(fund.navps[i], 0.0));
    end.derisked[i] = floor_of(fund.derisked[i]);
    end.drawn_end[i] = drawn;
    end.sales_postponed[i] = most(debt - floor_of(most(fund.cash[i] - fund.loan.buffer[i], 0.0)), 0.0);
    path.outstanding_end[i] += count * drawn;
    path.marked_loss_end[i] += count * most(drawn - floor_of(most(fund.cash[i] + holdings, 0.0)), 0.0);
    path.injected_to_failed[i] += select(fund.failed[i] > 0.0, count * fund.loan.injected[i], 0.0);
    path.system_losses[i] += count * (fund.forced_sale_cost[i] + floor_of(dislocated));
    path.forced_sales[i] += count * fund.forced_sales[i];
    path.sales_postponed[i] += count * end.sales_postponed[i];
  }
}

void close_path(const State& s, PathEnd& path) {
  LANES {
    V stock{};
    for (int j = 0; j < J; j++) {
      V cost = s.pool.inventory_cost[j][i];
      path.stock_cost_end[i] += cost;
      stock += cost - floor_of(s.pool.inventory[j][i] * s.prices.close[j][i]);
      path.worst_dislocation[i] = most(path.worst_dislocation[i], s.prices.worst[j][i]);
    }
    path.marked_loss_end[i] += most(stock, 0.0);
  }
}

// Rows by outcome, (row, path): what cpp_arm.py reads under the names of its lists, in the same order.
struct Outcomes {
  long paths;
  std::vector<double> rows;
  void put(long& row, const Row& values, long first, int lanes) {
    std::copy_n(values.lanes(), lanes, &rows[row++ * paths + first]);
  }
};

void write_outcomes(const Terms& terms, const State& s, Outcomes& out, long first, int lanes) {
  auto path = std::make_unique<PathEnd>();
  *path = {};
  long row = 0;
  for (int f = 0; f < F; f++) {
    const Fund& fund = s.funds[f];
    const Loan& loan = fund.loan;
    FundEnd end;
    close_outcomes_of(terms, s, f, end, *path);
    for (const Row* values :
         Rows{&end.nav_end, &fund.navps, &fund.max_drawdown, &fund.days_under_pressure, &fund.score_min,
          &fund.redemption_requested, &fund.redemption_paid, &end.redemption_unpaid, &fund.forced_sales,
          &fund.forced_sale_cost, &end.derisked, &loan.injected, &loan.injected_to_leavers, &loan.injected_insolvent,
          &loan.repaid, &loan.interest_paid, &loan.drawn_peak, &end.drawn_end, &end.sales_postponed, &fund.coverage_min,
          &fund.shortfall_days, &fund.distress_days, &fund.shortfall_peak, &loan.defaulted, &fund.failed, &fund.shares})
      out.put(row, *values, first, lanes);
  }
  close_path(s, *path);
  const PathTally& tally = s.tally;
  for (const Row* values :
       Rows{&tally.pool_peak_use, &tally.pool_min_available, &tally.first_dry_day, &tally.n_injections, &tally.injected,
        &tally.repaid, &tally.interest_paid, &tally.resale_gain, &path->stock_cost_end, &tally.loss,
        &s.pool.taxpayer, &s.pool.surplus, &path->outstanding_end, &path->marked_loss_end, &tally.unmet_claims,
        &path->injected_to_failed, &tally.days_active, &tally.first_active_day, &tally.n_activations,
        &tally.first_breach_day, &tally.first_cash_day, &tally.trough_day, &path->worst_dislocation,
        &path->system_losses, &path->forced_sales, &path->sales_postponed, &tally.money_created})
    out.put(row, *values, first, lanes);
  for (const Row& values : s.pool.layer_loss) out.put(row, values, first, lanes);
  for (const Row* rows : {s.prices.worst, s.prices.close, s.prices.trough})
    for (int j = 0; j < J; j++) out.put(row, rows[j], first, lanes);
}

constexpr long kRows = 26L * F + 27 + Y + 3 * J;

// ------------------------------------------------------------------------------------------------------------- running

struct Arm {
  Terms terms;
  Histories past;
  std::vector<Row> seam;  // (tile, T, 2, J): log returns and volatilities
  std::vector<uint32_t> daily;  // (T, metric, bin)
  Outcomes out;
  std::unique_ptr<State> state;

  long paths() const { return (long)terms.size.paths; }
  int days() const { return (int)terms.size.days; }

  void open_tile() {
    if (!state) {
      state = std::make_unique<State>();
      state->closes.resize(F * (long)terms.size.history);
      state->samples.resize(F * ((long)terms.size.samples + days() / kSampleDays));
      state->queue.resize(F * (long)terms.size.notice);
      state->index.closes.resize((long)terms.size.window);
      state->index.suffix_peak.resize((long)terms.size.window);
    }
    open_state(terms, past, *state);
  }

  void run() {
    std::fill(daily.begin(), daily.end(), 0);
    for (long tile = 0; tile * T < paths(); tile++) {
      const int lanes = (int)std::min<long>(T, paths() - tile * T);
      open_tile();
      for (int t = 1; t <= days(); t++) {
        const Row* today = &seam[(tile * days() + t - 1) * 2 * J];
        day(terms, *state, today, today + J, t, &daily[(size_t)(t - 1) * kMetrics * kBins], lanes);
      }
      write_outcomes(terms, *state, out, tile * T, lanes);
    }
  }
};

void read(std::FILE* file, void* into, size_t bytes) {
  if (std::fread(into, 1, bytes, file) != bytes) std::fprintf(stderr, "arm: a file is too short\n"), std::exit(1);
}

void read_all(std::FILE* file, std::vector<double>& values, double n) {
  values.resize((size_t)n);
  read(file, values.data(), values.size() * sizeof(double));
}

std::FILE* open_file(const char* path, const char* mode) {
  std::FILE* file = std::fopen(path, mode);
  if (!file) std::fprintf(stderr, "arm: cannot open %s\n", path), std::exit(1);
  return file;
}

void read_terms(const char* path, Arm& arm) {
  std::FILE* file = open_file(path, "rb");
  read(file, &arm.terms, sizeof arm.terms);
  read_all(file, arm.past.nav, F * arm.terms.size.history);
  read_all(file, arm.past.log_nav, F * arm.terms.size.samples);
  read_all(file, arm.past.index, arm.terms.size.window);
  std::fclose(file);
  arm.daily.resize((size_t)arm.days() * kMetrics * kBins);
  arm.out.paths = arm.paths();
  arm.out.rows.resize((size_t)(kRows * arm.paths()));
}

void read_seam(const char* path, Arm& arm) {
  std::FILE* file = open_file(path, "rb");
  arm.seam.resize((size_t)((arm.paths() + T - 1) / T * arm.days() * 2 * J));
  read(file, arm.seam.data(), arm.seam.size() * sizeof(Row));
  std::fclose(file);
}

void write(const char* path, const Arm& arm) {
  std::FILE* file = open_file(path, "wb");
  std::fwrite(arm.out.rows.data(), sizeof(double), arm.out.rows.size(), file);
  std::fwrite(arm.daily.data(), sizeof(uint32_t), arm.daily.size(), file);
  std::fclose(file);
}

double seconds() {
  timespec at;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return at.tv_sec + 1e-9 * at.tv_nsec;
}

const char* option(int count, char** given, const char* name, const char* otherwise) {
  for (int i = 1; i + 1 < count; i++)
    if (!std::strcmp(given[i], name)) return given[i + 1];
  return otherwise;
}

}  // namespace

int main(int count, char** given) {
  Arm arm;
  read_terms(option(count, given, "--terms", "terms"), arm);
  read_seam(option(count, given, "--seam", "seam"), arm);
  arm.run();  // warm
  double shortest = 1e300;
  for (int rep = std::atoi(option(count, given, "--reps", "1")); rep > 0; rep--) {
    double started = seconds();
    arm.run();
    shortest = std::min(shortest, seconds() - started);
  }
  if (const char* path = option(count, given, "--outcomes", nullptr)) write(path, arm);
  const double fund_days = (double)arm.paths() * arm.days() * F;
  std::printf("{\"ns_per_path_day_fund\": %.6g, \"tile\": %d}\n", shortest * 1e9 / fund_days, T);
}
