// GARCH(1,1) paths of one asset in C++: what a compiler makes of plain loops over a tile of paths.
//
//   garch --law student-t|normal --paths 100000 --days 252 --threads 1 --seed 1
//
// Fills returns and volatilities of one tile after another, as ours does, and prints one JSON line with the ns a path-day:
// CPU time on one thread, wall time on more. Philox4x32-10 (Salmon et al. 2011) with counters (path, block of days) and
// key = seed; 32-bit uniforms; Student-t by Bailey's polar form (1994), normals by Box and Muller.
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kLanes = LANES;
constexpr double kNu = 6.0, kAlpha = 0.08, kBeta = 0.90, kLongRun = 0.16 * 0.16 / 252.0;
constexpr double kOmega = kLongRun * (1.0 - kAlpha - kBeta);

using Word = uint64_t;  // 32 bits in 64: a product is then one vector instruction
constexpr Word kLow = 0xFFFFFFFFu;

struct Words {
  Word a[kLanes], b[kLanes], c[kLanes], d[kLanes];
};

void draw_words(Words& w, Word first_path, Word block, Word seed) {
#pragma omp simd
  for (int i = 0; i < kLanes; i++) {
    Word path = first_path + i, a = path & kLow, b = path >> 32, c = block, d = 0;
    Word k0 = seed & kLow, k1 = seed >> 32;
#pragma GCC unroll 10
    for (int round = 0; round < 10; round++) {
      Word p = a * 0xD2511F53u, q = c * 0xCD9E8D57u;
      a = ((q >> 32) ^ b ^ k0) & kLow;
      b = q & kLow;
      c = ((p >> 32) ^ d ^ k1) & kLow;
      d = p & kLow;
      k0 = (k0 + 0x9E3779B9u) & kLow;
      k1 = (k1 + 0xBB67AE85u) & kLow;
    }
    w.a[i] = a, w.b[i] = b, w.c[i] = c, w.d[i] = d;
  }
}

// Uniform on (0, 1), and on (-1, 1).
inline double unit(Word x) { return ((double)(int64_t)x + 0.5) * 0x1p-32; }
inline double sign_unit(Word x) { return ((double)(int64_t)x + 0.5) * 0x1p-31 - 1.0; }

// Chebyshev fits, lowest power first: sin(pi/2 w)/w and cos(pi/2 w) in w^2, 2 atanh(s)/(s ln 2) in s^2, 2^y on |y| <= 1/2.
constexpr double kSine[] = {
    1.5707963267948963, -0.6459640975062232, 0.07969262624568337, -0.004681754131447062, 0.0001604411695631063,
    -3.5988107063136794e-06, 5.688318064017795e-08, -6.449471237809134e-10};
constexpr double kCosine[] = {
    1.0, -1.233700550136169, 0.25366950790103104, -0.02086348076317886, 0.0009192602739434877,
    -2.5202039782228713e-05, 4.7108307433635577e-07, -6.382235924529259e-09, 6.3317327178079e-11};
constexpr double kLog2[] = {
    2.8853900817779268, 0.9617966939261035, 0.577078016288735, 0.41219859641080536, 0.32059760106403795,
    0.2623766572634422, 0.21996230763577032, 0.22206822920043273};
constexpr double kExp2[] = {
    1.0, 0.69314718055995, 0.24022650695910097, 0.05550410866444772, 0.009618129107606888, 0.0013333558230164974,
    0.0001540353044173605, 1.5252657260200837e-05, 1.321544258792169e-06, 1.0208690299958306e-07,
    7.072585949269223e-09};

template <int N>
inline double polynomial(const double (&c)[N], double x) {
  double sum = c[N - 1];
#pragma GCC unroll 16
  for (int k = N - 2; k >= 0; k--) sum = sum * x + c[k];
  return sum;
}

template <class To, class From>
inline To cast(From from) {
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

inline double sine(double w) { return w * polynomial(kSine, w * w); }
inline double cosine(double w) { return polynomial(kCosine, w * w); }

// x = 2^e m with m in [3/4, 3/2).
inline double log2_of(double x) {
  int64_t bits = cast<int64_t>(x), e = (bits - 0x3FE8000000000000) >> 52;
  double m = cast<double>(bits - (e << 52)), s = (m - 1.0) / (m + 1.0);
  return (double)e + s * polynomial(kLog2, s * s);
}

inline double exp2_of(double y) {
  double n = std::rint(y);
  return cast<double>(cast<int64_t>(polynomial(kExp2, y - n)) + ((int64_t)n << 52));
}

void student_t(const Word* radius, const Word* angle, double* z) {
#pragma omp simd
  for (int i = 0; i < kLanes; i++) {
    double r2 = (kNu - 2.0) * (exp2_of(-2.0 / kNu * log2_of(unit(radius[i]))) - 1.0);
    z[i] = std::sqrt(r2) * sine(sign_unit(angle[i]));
  }
}

// An angle on half a turn; the cosine's sign is the angle's lowest bit.
void normals(const Word* radius, const Word* angle, double* z, double* other) {
#pragma omp simd
  for (int i = 0; i < kLanes; i++) {
    double r = std::sqrt(-2.0 * 0.6931471805599453 * log2_of(unit(radius[i]))), w = sign_unit(angle[i]);
    z[i] = r * sine(w);
    other[i] = cast<double>(cast<int64_t>(r * cosine(w)) ^ (int64_t)(angle[i] << 63));
  }
}

struct Tile {
  int days;
  bool is_normal;
  std::vector<double> log_return, volatility;  // (days, lanes)
  double variance[kLanes], z[4][kLanes];
  Words words;

  Tile(int n_days, bool normal)
      : days(n_days), is_normal(normal), log_return(n_days * kLanes), volatility(n_days * kLanes) {}

  int draw(Word first_path, Word block, Word seed) {
    draw_words(words, first_path, block, seed);
    if (is_normal) {
      normals(words.a, words.b, z[0], z[1]);
      normals(words.c, words.d, z[2], z[3]);
      return 4;
    }
    student_t(words.a, words.b, z[0]);
    student_t(words.c, words.d, z[1]);
    return 2;
  }

  void realise(const double* shock, double* x, double* sigma) {
#pragma omp simd
    for (int i = 0; i < kLanes; i++) {
      double s = std::sqrt(variance[i]), e = s * shock[i];
      sigma[i] = s;
      x[i] = e;
      variance[i] = kOmega + kAlpha * e * e + kBeta * variance[i];
    }
  }

  void fill(Word first_path, Word seed) {
    for (double& h : variance) h = kLongRun;
    Word block = 0;
    for (int day = 0; day < days; block++) {
      int drawn = draw(first_path, block, seed);
      for (int k = 0; k < drawn && day < days; k++, day++)
        realise(z[k], &log_return[(size_t)day * kLanes], &volatility[(size_t)day * kLanes]);
    }
  }
};

double seconds(int threads) {
  timespec at;
  clock_gettime(threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &at);
  return at.tv_sec + 1e-9 * at.tv_nsec;
}

const char* option(int count, char** given, const char* name, const char* otherwise) {
  for (int i = 1; i + 1 < count; i++)
    if (!std::strcmp(given[i], name)) return given[i + 1];
  return otherwise;
}

}  // namespace

int main(int count, char** given) {
  bool is_normal = std::string(option(count, given, "--law", "student-t")) == "normal";
  long paths = std::atol(option(count, given, "--paths", "100000"));
  int days = std::atoi(option(count, given, "--days", "252"));
  int threads = std::atoi(option(count, given, "--threads", "1"));
  Word seed = std::strtoull(option(count, given, "--seed", "1"), nullptr, 10);
  long tiles = (paths + kLanes - 1) / kLanes;
  std::vector<Tile> own(threads, Tile(days, is_normal));
  own[0].fill(0, seed);  // warm
  double started = seconds(threads);
  std::atomic<long> next{0};
  auto work = [&](Tile& tile) {
    for (long t; (t = next.fetch_add(1)) < tiles;) tile.fill((Word)t * kLanes, seed);
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; i++) others.emplace_back(work, std::ref(own[i]));
  work(own[0]);
  for (auto& thread : others) thread.join();
  double taken = seconds(threads) - started, squares = 0.0;
  for (double x : own[0].log_return) squares += x * x;
  std::printf("{\"ns_per_path_day\": %.6g, \"law\": \"%s\", \"annual_volatility\": %.6g}\n",
              taken * 1e9 / (double)(tiles * kLanes) / days, is_normal ? "normal" : "student-t",
              std::sqrt(squares / own[0].log_return.size() * 252.0));
}
