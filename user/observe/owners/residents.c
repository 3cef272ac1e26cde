/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/owners/residents.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "model/order.h"
#include "observe/namespaces/proc_parse.h"
#include "observe/namespaces/proc_read.h"

#define CGROUP_MAX ((size_t)64 * 1024)
/* An engine puts a process into its cgroup soon after it made it, or hardly ever. */
#define YOUNG_READS 3
#define READ_EVERY  32

void residents_init(struct residents *residents)
{
	*residents = (struct residents){
		.items = ARRAY_OF(struct resident),
		.spare = ARRAY_OF(struct resident),
	};
}

static int compare_resident(const void *a, const void *b)
{
	const struct resident *x = a;
	const struct resident *y = b;

	if (x->netns != y->netns)
		return x->netns < y->netns ? -1 : 1;
	return (x->birth > y->birth) - (x->birth < y->birth);
}

/* Reads one; without parent and cgroup where it moved or ended meanwhile. */
static int read_resident(int proc, struct resident *resident)
{
	_cleanup_buf_ struct buf cgroup = BUF_INIT;
	char path[PROC_PATH_MAX];
	struct proc_stat stat;
	uint64_t netns = 0;
	int r;

	(void)snprintf(path, sizeof(path), "%d/cgroup", (int)resident->pid);
	r = file_read_at(proc, path, CGROUP_MAX, &cgroup);
	if (r == -ENOMEM)
		return r;
	if (r < 0 || proc_read_stat(proc, resident->pid, &stat) < 0 ||
	    proc_read_netns(proc, resident->pid, &netns) < 0 || netns != resident->netns)
		return 0;
	resident->parent = stat.parent;
	resident->cgroup = TAKE_PTR(cgroup.data);
	resident->cgroup_len = cgroup.len;
	return 0;
}

static bool same_text(const struct resident *a, const struct resident *b)
{
	return a->cgroup_len == b->cgroup_len &&
	       (a->cgroup_len == 0 || memcmp(a->cgroup, b->cgroup, a->cgroup_len) == 0);
}

static bool is_due(const struct residents *residents, const struct resident *old)
{
	return old->reads < YOUNG_READS || (residents->looks + (uint64_t)old->pid) % READ_EVERY == 0;
}

/* Puts the resident of one row behind the others; what was read before is taken out of @old. */
static int follow(struct residents *residents, int proc, const struct ns_seen *row, struct resident *old,
                  bool *ret_changed)
{
	struct resident one = { .netns = row->inode, .birth = row->birth, .pid = row->pid };
	bool known = old && old->pid == row->pid;
	int r = 0;

	if (known && !is_due(residents, old)) {
		one = *old;
		old->cgroup = NULL;
	} else {
		one.reads = known && old->reads < UINT8_MAX ? old->reads : 0;
		one.reads++;
		r = read_resident(proc, &one);
		*ret_changed |= !known || old->parent != one.parent || !same_text(old, &one);
	}
	if (r == 0)
		r = array_append(&residents->spare, &one);
	if (r < 0)
		free(one.cgroup);
	return r;
}

static void drop_all(struct array *items)
{
	for (size_t i = 0; i < items->count; i++)
		free(((struct resident *)array_at(items, i))->cgroup);
	items->count = 0;
}

static int compare_inode(const void *a, const void *b)
{
	return ORDER(*(const uint64_t *)a, *(const uint64_t *)b);
}

int residents_refresh(struct residents *residents, int proc, const struct ns_seen *rows, size_t count,
                      const struct array *told)
{
	bool changed = false;
	size_t known = 0;

	residents->looks++;
	drop_all(&residents->spare);
	for (size_t i = 0; i < count; i++) {
		const struct resident key = { .netns = rows[i].inode, .birth = rows[i].birth };
		struct resident *old = NULL;
		size_t at;

		if (rows[i].pid <= 0 || array_find(told, &rows[i].inode, compare_inode, &at))
			continue;
		if (array_find(&residents->items, &key, compare_resident, &at)) {
			old = array_at(&residents->items, at);
			known++;
		}
		if (follow(residents, proc, &rows[i], old, &changed) < 0) {
			drop_all(&residents->items);
			residents->generation++;
			return -ENOMEM;
		}
	}
	changed |= known != residents->items.count;
	array_sort(&residents->spare, compare_resident);
	array_swap(&residents->items, &residents->spare);
	drop_all(&residents->spare);
	residents->generation += changed;
	return 0;
}

void residents_free(struct residents *residents)
{
	drop_all(&residents->items);
	drop_all(&residents->spare);
	array_free(&residents->items);
	array_free(&residents->spare);
}
