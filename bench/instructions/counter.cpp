// What a program under valgrind calls so that only its work is counted: requests that do nothing elsewhere.
#include <valgrind/callgrind.h>

extern "C" void start_counting() { CALLGRIND_START_INSTRUMENTATION; }

extern "C" void stop_counting() { CALLGRIND_STOP_INSTRUMENTATION; }

extern "C" void write_counts(const char* name) { CALLGRIND_DUMP_STATS_AT(name); }
