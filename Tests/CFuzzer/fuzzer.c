#include "CFuzzer.h"

/* Weak: NULL unless libFuzzer is there. */
extern int LLVMFuzzerRunDriver(int *count, char ***arguments, fuzzer_try one) __attribute__((weak));

bool fuzzer_is_linked(void) { return LLVMFuzzerRunDriver != NULL; }

int fuzzer_run(int argument_count, char **arguments, fuzzer_try one) {
  return LLVMFuzzerRunDriver(&argument_count, &arguments, one);
}
