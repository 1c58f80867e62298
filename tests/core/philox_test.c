/*
 * philox_test.c - the generator of random numbers against the known answers that its authors publish (Philox4x32-10 in
 * the file kat_vectors of Random123), and blocks made in runs against single blocks.
 *
 * Prints what differs; the exit status is 0 when nothing does. Run by philox_spec.lua.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/rng.h"

/* Counter words 0 and 1 are our counter, 2 and 3 our stream; the key is our seed. Low words come first. */
typedef struct KnownAnswer {
  uint32_t counter[4], key[2], block[4];
} KnownAnswer;

static const KnownAnswer known_answers[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static uint64_t join(const uint32_t word[2]) { return word[0] | (uint64_t)word[1] << 32; }

/* Whether a block is the expected one; if not, prints both. */
static int same_block(const char *what, size_t number, const uint32_t want[4], const uint32_t got[4]) {
  if (memcmp(want, got, 4 * sizeof *want) == 0) return 1;
  printf("%s %zu:", what, number);
  for (int i = 0; i < 4; i++) printf(" %08" PRIx32, got[i]);
  printf(", expected");
  for (int i = 0; i < 4; i++) printf(" %08" PRIx32, want[i]);
  printf("\n");
  return 0;
}

static int known_answers_hold(void) {
  int good = 1;
  for (size_t i = 0; i < sizeof known_answers / sizeof *known_answers; i++) {
    const KnownAnswer *k = &known_answers[i];
    uint32_t block[4];
    rng_block(join(k->key), join(k->counter + 2), join(k->counter), block);
    good &= same_block("known answer", i + 1, k->block, block);
  }
  return good;
}

/* A run that crosses 2^32, where the counter carries into its high word. */
static int runs_are_single_blocks(void) {
  const uint64_t seed = 7, stream = 3, first = UINT32_MAX - RNG_RUN / 2;
  uint32_t run[4 * RNG_RUN], block[4];
  rng_blocks(seed, stream, first, run);
  int good = 1;
  for (size_t i = 0; i < RNG_RUN; i++) {
    rng_block(seed, stream, first + i, block);
    good &= same_block("block of a run", i, block, run + 4 * i);
  }
  return good;
}

int main(void) {
  const int good = known_answers_hold() & runs_are_single_blocks();
  return good ? 0 : 1;
}
