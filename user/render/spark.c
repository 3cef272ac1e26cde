/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/spark.h"

#include <math.h>
#include <string.h>

#define LEVELS 8

static size_t level_of(double value, double peak)
{
	double level;

	if (!(value > 0) || !(peak > 0))
		return 0;
	level = ceil(value / peak * (LEVELS - 1));
	return level >= LEVELS - 1 ? LEVELS - 1 : (size_t)level;
}

void spark_text(const double *values, size_t points, double peak, bool unicode, char *out, size_t size)
{
	static const char *const blocks[LEVELS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const ascii[LEVELS] = { "_", ".", ":", "-", "=", "+", "*", "#" };
	size_t used = 0;

	for (size_t i = 0; i < points; i++) {
		const char *bar = " ";

		if (!isnan(values[i]))
			bar = (unicode ? blocks : ascii)[level_of(values[i], peak)];
		if (used + strlen(bar) >= size)
			break;
		memcpy(out + used, bar, strlen(bar));
		used += strlen(bar);
	}
	if (size > 0)
		out[used] = '\0';
}

double spark_peak(const double *values, size_t points)
{
	double peak = 0;

	for (size_t i = 0; i < points; i++) {
		if (values[i] > peak)
			peak = values[i];
	}
	return peak;
}
