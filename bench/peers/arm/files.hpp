// Files that cpp_arm.py writes and reads, and the program's options.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "horizon.hpp"
#include "lanes.hpp"
#include "sizes.hpp"
#include "terms.hpp"

namespace {

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

void read_terms(const char* path, Terms& terms, Histories& past) {
  std::FILE* file = open_file(path, "rb");
  read(file, &terms, sizeof terms);
  read_all(file, past.nav, F * terms.size.history);
  read_all(file, past.log_nav, F * terms.size.samples);
  read_all(file, past.index, terms.size.window);
  std::fclose(file);
}

void read_seam(const char* path, std::vector<Row>& seam) {
  std::FILE* file = open_file(path, "rb");
  read(file, seam.data(), seam.size() * sizeof(Row));
  std::fclose(file);
}

void write(const char* path, const Outcomes& out, const std::vector<uint32_t>& daily) {
  std::FILE* file = open_file(path, "wb");
  std::fwrite(out.rows.data(), sizeof(double), out.rows.size(), file);
  std::fwrite(daily.data(), sizeof(uint32_t), daily.size(), file);
  std::fclose(file);
}

const char* option(int count, char** given, const char* name, const char* otherwise) {
  for (int i = 1; i + 1 < count; i++)
    if (!std::strcmp(given[i], name)) return given[i + 1];
  return otherwise;
}

}  // namespace
