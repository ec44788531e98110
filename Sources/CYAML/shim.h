#ifndef GENBROKER_CYAML_SHIM_H
#define GENBROKER_CYAML_SHIM_H

#include <yaml.h>

#endif
