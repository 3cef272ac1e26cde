/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/price.h"
#include "render/prom.h"

/* Questions to a Prometheus text. */

#define NO_LIMIT ((size_t)1000000)

static inline struct buf render(const struct snapshot *snap, size_t max_series, struct prom_own *lost)
{
	struct buf text = BUF_INIT;

	assert_int_equal(prom_render(snap, &(struct prom_how){ .max_series = max_series }, lost, &text), 0);
	return text;
}

/* An agent that measures its programs. */
static const struct price fixture_price = {
	.cpu_ns = 12345678901,
	.resident_bytes = 8388608,
	.descriptors = 42,
	.maps = (const struct map_price[]){ { "ctnet_rows", 57344 }, { "traffic_.bss", 65536 } },
	.map_count = 2,
	.programs = (const struct program_price[]){ { "ctnet_ingress", 9007199254740993, 1000000001 },
	                                            { "ctnet_egress", 0, 0 } },
	.program_count = 2,
};

static inline struct buf render_all(const struct snapshot *snap)
{
	struct prom_own own = { .price = &fixture_price };

	return render(snap, NO_LIMIT, &own);
}

/* How many lines begin with @start. */
static inline size_t lines(const struct buf *text, const char *start)
{
	size_t count = 0;

	for (const char *at = text->data; at && *at;) {
		const char *end = strchr(at, '\n');

		count += strncmp(at, start, strlen(start)) == 0;
		at = end ? end + 1 : NULL;
	}
	return count;
}

static inline bool has_line(const struct buf *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *at = strstr(text->data, line); at; at = strstr(at + 1, line)) {
		if ((at == text->data || at[-1] == '\n') && at[len] == '\n')
			return true;
	}
	return false;
}

static inline int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Whether two samples have the same name and labels. */
static inline bool has_duplicates(const struct buf *text)
{
	_cleanup_free_ char *copy = strdup(text->data);
	_cleanup_free_ char **all = calloc(text->len, sizeof(*all));
	bool found = false;
	size_t count = 0;
	char *rest = copy;

	for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
		char *value = strrchr(line, ' ');

		if (line[0] == '#' || !value)
			continue;
		*value = '\0';
		all[count++] = line;
	}
	qsort(all, count, sizeof(*all), compare_lines);
	for (size_t i = 1; i < count; i++)
		found |= strcmp(all[i - 1], all[i]) == 0;
	return found;
}
