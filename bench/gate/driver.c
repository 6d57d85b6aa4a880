/*
 * In: a file of artifact and requests (fixture.ts), decided by the core as wasm2c writes it in C. Out: on standard output a sum of
 * the answers. The pass that is counted runs inside `counted_pass`, so that a profiler can be told to look at nothing else.
 * The memory is one fixed block and nothing traps: a core that leaves it or traps ends the program.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core.h"

enum { PAGE_BYTES = 65536, MOST_PAGES = 4096 };

static void fail(const char* what) {
  fprintf(stderr, "gate: %s\n", what);
  exit(1);
}

void wasm_rt_allocate_memory(wasm_rt_memory_t* memory, uint32_t pages, uint32_t most) {
  (void)most;
  if (pages > MOST_PAGES) fail("the core wants more memory than there is");
  void* data = mmap(0, (size_t)MOST_PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) fail("no memory");
  memory->data = data;
  memory->pages = pages;
  memory->max_pages = MOST_PAGES;
  memory->size = pages * PAGE_BYTES;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t* memory, uint32_t delta) {
  const uint32_t before = memory->pages;
  if (delta > MOST_PAGES - before) return UINT32_MAX;
  memory->pages = before + delta;
  memory->size = memory->pages * PAGE_BYTES;
  return before;
}

void wasm_rt_free_memory(wasm_rt_memory_t* memory) {
  (void)memory;
}

uint32_t wasm_rt_register_func_type(uint32_t params, uint32_t results, ...) {
  static uint32_t count;
  (void)params;
  (void)results;
  return ++count;
}

bool wasm_rt_is_initialized(void) {
  return true;
}

void wasm_rt_trap(wasm_rt_trap_t code) {
  (void)code;
  fail("the core trapped");
  abort();
}

static Z_core_instance_t core;
static uint32_t handle, table, count, out;

__attribute__((noinline)) void counted_pass(void) {
  if (Z_coreZ_decideBatch(&core, handle, table, count, out) != count) fail("the batch was refused");
}

static uint32_t read_u32(FILE* file) {
  uint32_t value;
  if (fread(&value, 4, 1, file) != 1) fail("the fixture is cut short");
  return value;
}

static void read_bytes(FILE* file, uint32_t at, uint32_t size) {
  if (fread(Z_coreZ_memory(&core)->data + at, 1, size, file) != size) fail("the fixture is cut short");
}

int main(int argc, char** argv) {
  /* `each`: a pass of its own per request, after one over all, so that what a first decision prepares is not counted with it. */
  const int each = argc == 3 && strcmp(argv[2], "each") == 0;
  if (argc != 2 && !each) fail("usage: gate <fixture> [each]");
  FILE* file = fopen(argv[1], "rb");
  if (file == NULL) fail("no fixture");
  Z_core_init_module();
  Z_core_instantiate(&core);
  uint32_t size = read_u32(file);
  const uint32_t artifact = Z_coreZ_reserve(&core, size);
  read_bytes(file, artifact, size);
  handle = Z_coreZ_load(&core, artifact, size, 0);
  if ((int32_t)handle < 0) fail("the artifact was refused");
  /* table, answers, then the requests, each at a multiple of 8 */
  count = read_u32(file);
  const uint32_t area_size = read_u32(file);
  table = Z_coreZ_requestArea(&core, area_size);
  if (table == 0) fail("the requests do not fit");
  read_bytes(file, table, area_size);
  uint8_t* memory = Z_coreZ_memory(&core)->data;
  for (uint32_t i = 0; i < count; i++) *(uint32_t*)(memory + table + i * 8) += table;
  out = table + count * 8;
  if (each) {
    Z_coreZ_decideBatch(&core, handle, table, count, out);
    const uint32_t all = count, first = table, answers = out;
    for (count = 1; table < first + all * 8; table += 8, out += 2) counted_pass();
    count = all;
    out = answers;
  } else {
    counted_pass();
  }
  memory = Z_coreZ_memory(&core)->data;
  uint32_t sum = 0x811c9dc5;
  for (uint32_t i = 0; i < count * 2; i++) sum = (sum ^ memory[out + i]) * 0x01000193;
  printf("%u\n", sum);
  fclose(file);
  return 0;
}
