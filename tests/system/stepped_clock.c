/* Preloaded into a server under test: its wall clock is the machine's plus as many seconds as the file ORDERFLOW_TEST_CLOCK says, at
   each moment. Monotonic clocks are left alone, as a step of the wall clock leaves them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t* seconds_ahead;

__attribute__((constructor)) static void open_file(void) {
  const char* path = getenv("ORDERFLOW_TEST_CLOCK");
  const int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void* mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) seconds_ahead = mapped;
  close(file);
}

int clock_gettime(clockid_t which, struct timespec* now) {
  const int failed = (int)syscall(SYS_clock_gettime, which, now);
  if (failed == 0 && which == CLOCK_REALTIME && seconds_ahead) now->tv_sec += *seconds_ahead;
  return failed;
}
