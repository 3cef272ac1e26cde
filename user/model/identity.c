/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/identity.h"

#include <errno.h>
#include <stdlib.h>

#include "model/order.h"

static struct interface_entry entry_of(const struct netns *ns, const struct interface *interface)
{
	if (interface->host_birth != 0)
		return (struct interface_entry){
			.host_birth = interface->host_birth,
			.index = interface->peer.index,
			.ns = ns,
			.interface = interface,
		};
	return (struct interface_entry){
		.inode = ns->inode,
		.birth = ns->birth,
		.link_birth = interface->birth,
		.index = interface->index,
		.ns = ns,
		.interface = interface,
	};
}

static int compare_entries(const void *a, const void *b)
{
	const struct interface_entry *x = a;
	const struct interface_entry *y = b;
	int r = ORDER(x->index, y->index);

	r = r ? r : ORDER(x->host_birth, y->host_birth);
	r = r ? r : ORDER(x->inode, y->inode);
	r = r ? r : ORDER(x->birth, y->birth);
	return r ? r : ORDER(x->link_birth, y->link_birth);
}

int interface_index_make(const struct netns *namespaces, size_t count, struct interface_index *ret)
{
	struct interface_entry *entries;
	size_t total = 0;

	for (size_t n = 0; n < count; n++)
		total += namespaces[n].interface_count;
	entries = calloc(total > 0 ? total : 1, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	total = 0;
	for (size_t n = 0; n < count; n++) {
		for (size_t i = 0; i < namespaces[n].interface_count; i++)
			entries[total++] = entry_of(&namespaces[n], &namespaces[n].interfaces[i]);
	}
	qsort(entries, total, sizeof(*entries), compare_entries);
	*ret = (struct interface_index){ .entries = entries, .count = total };
	return 0;
}

static const struct interface_entry *find(const struct interface_index *index, const struct interface_entry *key)
{
	if (index->count == 0)
		return NULL;
	return bsearch(key, index->entries, index->count, sizeof(*key), compare_entries);
}

const struct interface *interface_index_find(const struct interface_index *index, const struct netns *ns,
                                             const struct interface *interface)
{
	const struct interface_entry key = entry_of(ns, interface);
	const struct interface_entry *found = find(index, &key);

	return found ? found->interface : NULL;
}

const struct netns *interface_index_find_host(const struct interface_index *index, uint32_t host_index,
                                              uint64_t host_birth)
{
	const struct interface_entry key = { .host_birth = host_birth, .index = host_index };
	const struct interface_entry *found = find(index, &key);

	return found ? found->ns : NULL;
}

void interface_index_free(struct interface_index *index)
{
	free(index->entries);
	*index = (struct interface_index){ .entries = NULL };
}

int netns_order(const struct netns *a, const struct netns *b)
{
	int r = ORDER(a->inode, b->inode);

	return r ? r : ORDER(a->birth, b->birth);
}

int bridge_order(const struct bridge *a, const struct bridge *b)
{
	int r = ORDER(a->index, b->index);

	return r ? r : ORDER(a->host_birth, b->host_birth);
}
