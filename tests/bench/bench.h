/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * What the benchmarks share: clocks, quantiles, and how a figure is told. Each figure is one JSON object a line on stdout, read by
 * tools/bench; what a person should know while it runs goes to stderr.
 */

#include <jansson.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double clock_seconds(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The value below which @part (0 to 1) of them lie; sorts @values. @count > 0. */
static inline double quantile(double *values, size_t count, double part)
{
	qsort(values, count, sizeof(*values), compare_doubles);
	return values[(size_t)((double)(count - 1) * part + 0.5)];
}

/* How a figure is to compare with its limit. */
enum limit_kind { NO_LIMIT, AT_MOST, AT_LEAST };

struct limit {
	enum limit_kind kind;
	double value;
};

/** One figure: @value with the range it is told with: the middle half of its rounds, or where the truth lies with 95 %. */
static inline void tell(const char *group, const char *what, double value, double low, double high, const char *unit,
                        struct limit limit)
{
	json_t *line = json_pack("{s:s, s:s, s:f, s:f, s:f, s:s}", "group", group, "what", what, "value", value, "low",
	                         low, "high", high, "unit", unit);

	if (limit.kind != NO_LIMIT) {
		json_object_set_new(line, "limit", json_real(limit.value));
		json_object_set_new(line, "limit_is", json_string(limit.kind == AT_MOST ? "at most" : "at least"));
	}
	(void)json_dumpf(line, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
	(void)putchar('\n');
	(void)fflush(stdout);
	json_decref(line);
}

/** The median of @values with the quartiles; sorts them. @count > 0. */
static inline void tell_rounds(const char *group, const char *what, double *values, size_t count, const char *unit,
                               struct limit limit)
{
	double low = quantile(values, count, 0.25);

	tell(group, what, quantile(values, count, 0.5), low, quantile(values, count, 0.75), unit, limit);
}

/**
 * The median of @values with the interval in which the median of all rounds there could be lies with 95 % (order statistics, normal
 * approximation of the binomial); sorts them. @count > 0.
 */
static inline void tell_median(const char *group, const char *what, double *values, size_t count, const char *unit,
                               struct limit limit)
{
	double half = 0.98 * sqrt((double)count) / (double)count;

	tell(group, what, quantile(values, count, 0.5), quantile(values, count, half < 0.5 ? 0.5 - half : 0),
	     quantile(values, count, half < 0.5 ? 0.5 + half : 1), unit, limit);
}

static inline void progress(const char *what)
{
	(void)fprintf(stderr, "bench: %s\n", what);
}
