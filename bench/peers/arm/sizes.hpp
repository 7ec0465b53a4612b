// Sizes fixed at compile time, and constants of the model.
#pragma once

#ifndef TILE
#define TILE 16
#endif

// Namespaces without a name, here and in all headers: this is one unit, and what no other can call is inlined where
// it is called once.
namespace {

constexpr int T = TILE, J = ASSETS, F = FUNDS, Y = LAYERS, kMetrics = 5, kBins = 512, kSampleDays = 21;
constexpr double kDaysPerYear = 252.0, kNever = 1e300, kSmallestNavps = 1e-6;

}  // namespace
