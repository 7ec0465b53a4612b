// Steps 9 and 11 of the pool: receipts of its inventory, the capital stack, the check of its books.
#pragma once

#include "arithmetic.hpp"
#include "lanes.hpp"
#include "sizes.hpp"
#include "state.hpp"
#include "terms.hpp"

namespace {

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

}  // namespace
