#ifndef GENBROKER_CWEBP_SHIM_H
#define GENBROKER_CWEBP_SHIM_H

#include <webp/decode.h>

#endif
