/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** Bytes that a bar takes at most. */
#define SPARK_BYTES 3

/**
 * Draws numbers as bars, one character each: blank for NAN (not seen), the lowest bar for 0 alone, the highest for @peak.
 *
 * @peak: what the highest bar stands for; values above it are drawn as high
 * @unicode: block elements (U+2581 to U+2588), else ASCII
 * @out, @size: always terminated; @points * SPARK_BYTES + 1 bytes hold it all
 */
void spark_text(const double *values, size_t points, double peak, bool unicode, char *out, size_t size);

/** The largest of the values, NAN left out; 0 where there is none. */
double spark_peak(const double *values, size_t points);
