/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * Reads a whole decimal number; nothing may stand before or behind it.
 *
 * @ret: untouched on failure
 * Returns 0, -EINVAL (not a number) or -ERANGE (outside @min..@max).
 */
int parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret);

/**
 * Reads a duration: "5", "5s", "500ms", "2m", "1h"; a bare number is seconds; "0.5s" is allowed.
 *
 * @ret_ns: nanoseconds, greater than 0, what is below is cut off; untouched on failure
 * Returns 0, -EINVAL (not a duration) or -ERANGE (zero, or more than a year).
 */
int parse_duration(const char *text, uint64_t *ret_ns);

enum unit_system { UNITS_SI, UNITS_BINARY };

/**
 * Formats a quantity in at most 7 columns, two or three significant digits: "0", "980", "9.8 k", "1.2 M"; the unit name is the
 * caller's. Binary prefixes are "Ki", "Mi".
 */
void format_quantity(double value, enum unit_system units, char *out, size_t size);

/** Formats bytes for people: "980 B", "1.2 MB", SI. */
void format_bytes(uint64_t bytes, char *out, size_t size);
