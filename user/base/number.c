/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/number.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define NS_PER_SECOND 1000000000ULL
#define MAX_NS        (366ULL * 24 * 3600 * NS_PER_SECOND)
#define DIGITS        "0123456789"

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
		{ "", NS_PER_SECOND },
		{ "s", NS_PER_SECOND },
		{ "ms", 1000000 },
		{ "us", 1000 },
		{ "m", 60 * NS_PER_SECOND },
		{ "min", 60 * NS_PER_SECOND },
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

/*
 * Reads "12", "0.5" or ".5" by hand: strtod takes signs, exponents and "inf" too, and wants the decimal point of the
 * locale, which a terminal program sets.
 */
static int scale_decimal(const char *whole, const char *fraction, uint64_t unit, uint64_t *ret_ns)
{
	uint64_t ns = 0;

	for (; *whole >= '0' && *whole <= '9'; whole++) {
		ns = ns * 10 + (uint64_t)(*whole - '0');
		if (ns > MAX_NS / unit)
			return -ERANGE;
	}
	ns *= unit;
	for (; *fraction >= '0' && *fraction <= '9'; fraction++) {
		unit /= 10;
		ns += (uint64_t)(*fraction - '0') * unit;
	}
	if (ns == 0 || ns > MAX_NS)
		return -ERANGE;
	*ret_ns = ns;
	return 0;
}

int parse_duration(const char *text, uint64_t *ret_ns)
{
	size_t whole = strspn(text, DIGITS);
	const char *fraction = text + whole + (text[whole] == '.' ? 1 : 0);
	size_t decimals = strspn(fraction, DIGITS);
	uint64_t unit;

	if (whole + decimals == 0 || unit_ns(fraction + decimals, &unit) < 0)
		return -EINVAL;
	return scale_decimal(text, fraction, unit, ret_ns);
}

void format_quantity(double value, enum unit_system units, char *out, size_t size)
{
	static const char *const prefix[][7] = {
		[UNITS_SI] = { "", "k", "M", "G", "T", "P", "E" },
		[UNITS_BINARY] = { "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei" },
	};
	double step = units == UNITS_SI ? 1000.0 : 1024.0;
	double most = 999.0 * step * step * step * step * step * step; /* of the last prefix */
	size_t i = 0;

	if (!(value > 0)) /* also what is no number */
		value = 0;
	if (value > most) /* also infinity */
		value = most;
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
