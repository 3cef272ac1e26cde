/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/number.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define NS_PER_SECOND 1000000000ULL
#define MAX_SECONDS   (366ULL * 24 * 3600)

int parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	if (text[0] < '0' || text[0] > '9') /* strtoull takes signs and white space */
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (*end != '\0')
		return -EINVAL;
	if (errno == ERANGE || value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

static int unit_ns(const char *unit, uint64_t *ret)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "", NS_PER_SECOND },	    { "s", NS_PER_SECOND },	   { "ms", 1000000 },
		{ "us", 1000 },		    { "m", 60 * NS_PER_SECOND }, { "min", 60 * NS_PER_SECOND },
		{ "h", 3600 * NS_PER_SECOND },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(unit, units[i].name) == 0) {
			*ret = units[i].ns;
			return 0;
		}
	}
	return -EINVAL;
}

int parse_duration(const char *text, uint64_t *ret_ns)
{
	size_t digits = strspn(text, "0123456789.");
	uint64_t unit;
	double value;
	double ns;
	char *end;

	/* strtod alone would take signs, exponents, "inf" and the locale's comma */
	if (digits == 0 || digits > 32 || strspn(text, ".") == digits)
		return -EINVAL;
	if (unit_ns(text + digits, &unit) < 0)
		return -EINVAL;
	value = strtod(text, &end);
	if (end != text + digits)
		return -EINVAL;
	ns = value * (double)unit;
	if (ns < 1 || ns > (double)(MAX_SECONDS * NS_PER_SECOND))
		return -ERANGE;
	*ret_ns = (uint64_t)llround(ns);
	return 0;
}

void format_quantity(double value, enum unit_system units, char *out, size_t size)
{
	static const char *const prefix[][7] = {
		[UNITS_SI] = { "", "k", "M", "G", "T", "P", "E" },
		[UNITS_BINARY] = { "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei" },
	};
	double step = units == UNITS_SI ? 1000.0 : 1024.0;
	size_t i = 0;

	if (!(value > 0)) /* also what is no number */
		value = 0;
	/* 999.5 would be rounded to four digits */
	while (value >= 999.5 && i + 1 < ARRAY_SIZE(prefix[0])) {
		value /= step;
		i++;
	}
	if (i == 0)
		(void)snprintf(out, size, "%.0f", value);
	else
		(void)snprintf(out, size, value < 9.95 ? "%.1f %s" : "%.0f %s", value, prefix[units][i]);
}

void format_bytes(uint64_t bytes, char *out, size_t size)
{
	char quantity[16];

	format_quantity((double)bytes, UNITS_SI, quantity, sizeof(quantity));
	(void)snprintf(out, size, strchr(quantity, ' ') ? "%sB" : "%s B", quantity);
}
