#ifndef GENBROKER_CNETTLE_SHIM_H
#define GENBROKER_CNETTLE_SHIM_H

#include <nettle/sha2.h>

#endif
