#ifndef GENBROKER_CUNISTRING_SHIM_H
#define GENBROKER_CUNISTRING_SHIM_H

#include <unicase.h>
#include <uninorm.h>
#include <uniwbrk.h>

/* The normalization forms are macros for addresses, which Swift does not import. The results are from malloc; NULL when
   there is no memory. */

static inline uint8_t *genbroker_composed(const uint8_t *text, size_t count, size_t *result_count) {
  return u8_normalize(UNINORM_NFC, text, count, NULL, result_count);
}

/* Without compatibility characters, decomposed, in one case for no language. */
static inline uint8_t *genbroker_folded(const uint8_t *text, size_t count, size_t *result_count) {
  return u8_casefold(text, count, NULL, UNINORM_NFKD, NULL, result_count);
}

#endif
