#ifndef GENBROKER_CLIBUV_SHIM_H
#define GENBROKER_CLIBUV_SHIM_H

#include <uv.h>

#endif
