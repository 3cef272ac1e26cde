/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/query.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "model/order.h"

/* "A" first, whatever the case; nothing at all comes last. */
static int compare_text(const char *a, const char *b)
{
	int r = ORDER(a[0] == '\0', b[0] == '\0');

	r = r ? r : strcasecmp(a, b);
	return r ? r : strcmp(a, b);
}

static const char *first_bridge(const struct netns *ns)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (ns->interfaces[i].bridge[0] != '\0')
			return ns->interfaces[i].bridge;
	}
	return "";
}

static int by_name(const struct netns_rate *a, const struct netns_rate *b)
{
	return compare_text(a->ns->name, b->ns->name);
}

static int by_kind(const struct netns_rate *a, const struct netns_rate *b)
{
	return compare_text(owner_kind_name(a->ns->kind), owner_kind_name(b->ns->kind));
}

static int by_bridge(const struct netns_rate *a, const struct netns_rate *b)
{
	return compare_text(first_bridge(a->ns), first_bridge(b->ns));
}

static int by_rx(const struct netns_rate *a, const struct netns_rate *b)
{
	return ORDER(b->dir[RECEIVE].bytes, a->dir[RECEIVE].bytes);
}

static int by_tx(const struct netns_rate *a, const struct netns_rate *b)
{
	return ORDER(b->dir[TRANSMIT].bytes, a->dir[TRANSMIT].bytes);
}

static int by_total(const struct netns_rate *a, const struct netns_rate *b)
{
	double x = a->dir[RECEIVE].bytes + a->dir[TRANSMIT].bytes;
	double y = b->dir[RECEIVE].bytes + b->dir[TRANSMIT].bytes;

	return ORDER(y, x);
}

static int by_packets(const struct netns_rate *a, const struct netns_rate *b)
{
	double x = a->dir[RECEIVE].packets + a->dir[TRANSMIT].packets;
	double y = b->dir[RECEIVE].packets + b->dir[TRANSMIT].packets;

	return ORDER(y, x);
}

static int by_age(const struct netns_rate *a, const struct netns_rate *b)
{
	return ORDER(a->ns->birth, b->ns->birth); /* the first born is the oldest */
}

static int by_netns(const struct netns_rate *a, const struct netns_rate *b)
{
	return ORDER(a->ns->inode, b->ns->inode);
}

typedef int (*rate_compare_fn)(const struct netns_rate *a, const struct netns_rate *b);

static const struct {
	const char *name;
	rate_compare_fn compare;
} columns[SORT_COLUMNS] = {
	[SORT_NAME] = { "name", by_name },
	[SORT_KIND] = { "kind", by_kind },
	[SORT_BRIDGE] = { "bridge", by_bridge },
	[SORT_RX] = { "rx", by_rx },
	[SORT_TX] = { "tx", by_tx },
	[SORT_TOTAL] = { "total", by_total },
	[SORT_PACKETS] = { "packets", by_packets },
	[SORT_AGE] = { "age", by_age },
	[SORT_NETNS] = { "netns", by_netns },
};

const char *sort_column_name(enum sort_column column)
{
	return columns[column].name;
}

int sort_column_from_name(const char *name, enum sort_column *ret)
{
	for (size_t i = 0; i < SORT_COLUMNS; i++) {
		if (strcmp(columns[i].name, name) == 0) {
			*ret = (enum sort_column)i;
			return 0;
		}
	}
	return -EINVAL;
}

struct ordering {
	rate_compare_fn compare;
	int sign; /* -1: turned round */
};

static int compare_rows(const void *a, const void *b, void *context)
{
	const struct netns_rate *x = *(const struct netns_rate *const *)a;
	const struct netns_rate *y = *(const struct netns_rate *const *)b;
	const struct ordering *ordering = context;
	int r = ordering->compare(x, y) * ordering->sign;

	r = r ? r : ORDER(x->ns->inode, y->ns->inode);
	r = r ? r : ORDER(x->ns->birth, y->ns->birth);
	/* rows of one identity stay as the snapshot has them; both point into one array */
	return r ? r : ORDER(x, y);
}

int query_select(const struct rates *rates, const char *filter, enum sort_column column, bool reverse,
                 const struct netns_rate ***ret, size_t *ret_count)
{
	struct ordering ordering = { columns[column].compare, reverse ? -1 : 1 };
	const struct netns_rate **rows = calloc(rates->namespace_count + 1, sizeof(*rows));
	size_t count = 0;

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < rates->namespace_count; i++) {
		if (query_matches(rates->namespaces[i].ns, filter))
			rows[count++] = &rates->namespaces[i];
	}
	qsort_r(rows, count, sizeof(*rows), compare_rows, &ordering);
	*ret = rows;
	*ret_count = count;
	return 0;
}
