#ifndef GENBROKER_CFUZZER_H
#define GENBROKER_CFUZZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tries one input. Answers 0; what is wrong ends the process. */
typedef int (*fuzzer_try)(const uint8_t *_Nullable bytes, size_t count);

/* Whether libFuzzer was linked into the program, as `contrib/fuzz` does; an ordinary build goes without it. */
bool fuzzer_is_linked(void);

/* Hands the process over to libFuzzer, with its own options in the arguments. Answers its exit status. */
int fuzzer_run(int argument_count, char *_Nullable *_Nonnull arguments, fuzzer_try _Nonnull one);

#endif
