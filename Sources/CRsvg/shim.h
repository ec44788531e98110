#ifndef GENBROKER_CRSVG_SHIM_H
#define GENBROKER_CRSVG_SHIM_H

// librsvg draws on cairo, pixels as well as PDF, and shows both in its interface; gdk-pixbuf reads the pictures that stand in an SVG.
#include <cairo-pdf.h>
#include <cairo.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <librsvg/rsvg.h>

#endif
