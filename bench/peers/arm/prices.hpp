// Steps 1 and 9: prices before trade, and what trade does to them.
#pragma once

#include "arithmetic.hpp"
#include "lanes.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

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
      prices.calm[j][i] = exp_of(fundamental);
      prices.trough[j][i] = least(prices.trough[j][i], close);
      prices.worst[j][i] = most(prices.worst[j][i], dislocation);
    }
  }
}

}  // namespace
