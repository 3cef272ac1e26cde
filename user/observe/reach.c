/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/reach.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "model/inside.h"

void reach_init(struct reach *reach)
{
	*reach = (struct reach){ .kept = ARRAY_OF(struct ns_links), .machine = NSID_HERE };
}

static int32_t find_machine(struct namespaces *namespaces)
{
	uint64_t machine = namespaces_machine(namespaces);
	size_t count;
	const struct ns_seen *seen = namespaces_seen(namespaces, &count);

	for (size_t i = 0; i < count && machine != 0; i++) {
		if (seen[i].inode == machine)
			return seen[i].nsid;
	}
	return NSID_HERE;
}

static int keep_reached(struct reach *reach, const struct ns_links *tables, size_t count)
{
	_cleanup_free_ bool *reached = calloc(count + 1, sizeof(*reached));

	reach->kept.count = 0;
	if (!reached)
		return -ENOMEM;
	inside_reached(tables, count, reach->machine, reached);
	for (size_t i = 0; i < count; i++) {
		bool machine = reach->machine != NSID_HERE && tables[i].nsid == reach->machine;

		if ((reached[i] || machine) && array_append(&reach->kept, &tables[i]) < 0)
			return -ENOMEM;
	}
	return 0;
}

int reach_find(struct reach *reach, const struct wiring *wiring, struct namespaces *namespaces,
               const struct ns_links **ret, size_t *ret_count)
{
	size_t count;
	const struct ns_links *tables = wiring_links(wiring, &count);
	int r;

	reach->nested = namespaces_observing(namespaces) != namespaces_machine(namespaces);
	if (!reach->nested) {
		*ret = tables;
		*ret_count = count;
		return 0;
	}
	reach->machine = find_machine(namespaces);
	r = keep_reached(reach, tables, count);
	if (r < 0)
		return r;
	*ret = reach->kept.data;
	*ret_count = reach->kept.count;
	return 0;
}

void reach_free(struct reach *reach)
{
	array_free(&reach->kept);
}
