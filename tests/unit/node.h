/* SPDX-License-Identifier: GPL-2.0-only */
/* A small node put together by hand, in any order: node_observe() sorts it as the observers do. */
#pragma once

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/observation.h"

#define NODE_MAX     32
#define NODE_UP      (IFF_UP | (1U << 16)) /* IFF_LOWER_UP */
#define NODE_HOST    4026531840ULL         /* the observing namespace */
#define NODE_MACHINE 4026531833ULL
#define NODE_SECOND  1000000000ULL

struct node_table {
	struct link links[NODE_MAX];
	struct link_address addresses[NODE_MAX];
};

struct node {
	struct ns_links tables[NODE_MAX];
	struct node_table room[NODE_MAX];
	struct ns_seen seen[NODE_MAX];
	struct owner_seen owners[NODE_MAX];
	struct link_traffic traffic[NODE_MAX];
	struct link_traffic inside[NODE_MAX];
	struct observation obs;
};

static inline struct node *node_new(void)
{
	struct node *node = calloc(1, sizeof(*node));

	if (!node)
		abort();
	node->obs = (struct observation){
		.time = 1764000000.5,
		.now = 100 * NODE_SECOND,
		.observing_inode = NODE_HOST,
		.machine_inode = NODE_MACHINE,
		.ns_links = node->tables,
		.namespaces = node->seen,
		.owners = node->owners,
		.traffic = node->traffic,
		.inside = node->inside,
	};
	return node;
}

/* The table of that nsid, made where there is none. */
static inline size_t node_table(struct node *node, int32_t nsid)
{
	size_t i;

	for (i = 0; i < node->obs.ns_links_count; i++) {
		if (node->tables[i].nsid == nsid)
			return i;
	}
	node->tables[i] = (struct ns_links){
		.nsid = nsid,
		.links = node->room[i].links,
		.addresses = node->room[i].addresses,
	};
	node->obs.ns_links_count++;
	return i;
}

static inline struct link *node_link(struct node *node, int32_t nsid, enum link_kind kind, uint32_t index,
                                     const char *name)
{
	size_t table = node_table(node, nsid);
	struct link *link = &node->room[table].links[node->tables[table].link_count++];

	*link = (struct link){
		.index = index,
		.kind = kind,
		.flags = NODE_UP,
		.mtu = 1500,
		.port_state = PORT_NONE,
		.birth = index * NODE_SECOND,
	};
	(void)snprintf(link->name, sizeof(link->name), "%s", name);
	return link;
}

/* The host end of a pair whose other end is @inner_index behind @nsid. */
static inline struct link *node_host_end(struct node *node, uint32_t index, const char *name, int32_t nsid,
                                         uint32_t inner_index)
{
	struct link *link = node_link(node, NSID_HERE, LINK_VETH, index, name);

	link->peer_elsewhere = true;
	link->peer_nsid = nsid;
	link->peer_index = inner_index;
	return link;
}

static inline void node_address(struct node *node, int32_t nsid, uint32_t index, const char *text, uint8_t prefix)
{
	size_t table = node_table(node, nsid);
	struct link_address *out = &node->room[table].addresses[node->tables[table].address_count++];

	*out = (struct link_address){ .index = index, .address.prefix = prefix };
	out->address.family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(out->address.family, text, out->address.bytes) != 1)
		abort();
}

static inline struct ns_seen *node_seen(struct node *node, uint64_t inode, int32_t nsid, pid_t pid)
{
	struct ns_seen *seen = &node->seen[node->obs.namespace_count++];

	*seen = (struct ns_seen){ .inode = inode, .birth = 5 * NODE_SECOND, .nsid = nsid, .pid = pid };
	return seen;
}

static inline struct owner *node_owner(struct node *node, uint64_t inode, enum owner_kind kind, const char *name)
{
	struct owner_seen *seen = &node->owners[node->obs.owner_count++];

	*seen = (struct owner_seen){
		.inode = inode,
		.owner = { .kind = kind, .name = name, .id = "", .image = "", .pod_name = "", .pod_namespace = "" },
	};
	return &seen->owner;
}

static inline struct link_traffic *node_fill_traffic(struct link_traffic *out, uint32_t index, uint64_t birth,
                                                     uint64_t receive, uint64_t transmit)
{
	const uint64_t packets[DIRECTIONS] = { [RECEIVE] = receive, [TRANSMIT] = transmit };

	*out = (struct link_traffic){ .index = index, .birth = birth };
	out->traffic.known = true;
	out->traffic.split = true;
	for (size_t d = 0; d < DIRECTIONS; d++) {
		struct counters *counters = &out->traffic.dir[d];

		counters->total = (struct count){ packets[d], packets[d] * 100 };
		counters->segments = packets[d];
		counters->wire_bytes = packets[d] * 100;
		counters->by_class[CTNET_IPV4_TCP] = counters->total;
	}
	return out;
}

static inline struct link_traffic *node_traffic(struct node *node, uint32_t index, uint64_t birth, uint64_t receive,
                                                uint64_t transmit)
{
	return node_fill_traffic(&node->traffic[node->obs.traffic_count++], index, birth, receive, transmit);
}

static inline struct link_traffic *node_inside(struct node *node, uint32_t index, uint64_t birth, uint64_t receive,
                                               uint64_t transmit)
{
	return node_fill_traffic(&node->inside[node->obs.inside_count++], index, birth, receive, transmit);
}

static inline int node_by_nsid(const void *a, const void *b)
{
	const struct ns_links *x = a;
	const struct ns_links *y = b;

	return (x->nsid > y->nsid) - (x->nsid < y->nsid);
}

static inline int node_by_index(const void *a, const void *b)
{
	const struct link *x = a;
	const struct link *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

static inline int node_by_address(const void *a, const void *b)
{
	const struct link_address *x = a;
	const struct link_address *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return address_compare(&x->address, &y->address);
}

static inline int node_by_inode(const void *a, const void *b)
{
	const struct ns_seen *x = a;
	const struct ns_seen *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static inline int node_by_owned(const void *a, const void *b)
{
	const struct owner_seen *x = a;
	const struct owner_seen *y = b;

	return (x->inode > y->inode) - (x->inode < y->inode);
}

static inline int node_by_identity(const void *a, const void *b)
{
	const struct link_traffic *x = a;
	const struct link_traffic *y = b;

	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return (x->birth > y->birth) - (x->birth < y->birth);
}

/* Sorts, builds, and gives the node back: the snapshot must not need it any more (the sanitizer watches). */
static inline struct snapshot *node_observe(struct node *node, const struct snapshot *previous)
{
	struct observation *obs = &node->obs;
	struct snapshot *snap = NULL;

	for (size_t i = 0; i < obs->ns_links_count; i++) {
		struct ns_links *table = &node->tables[i];

		qsort((struct link *)table->links, table->link_count, sizeof(struct link), node_by_index);
		qsort((struct link_address *)table->addresses, table->address_count, sizeof(struct link_address),
		      node_by_address);
	}
	qsort(node->tables, obs->ns_links_count, sizeof(node->tables[0]), node_by_nsid);
	qsort(node->seen, obs->namespace_count, sizeof(node->seen[0]), node_by_inode);
	qsort(node->owners, obs->owner_count, sizeof(node->owners[0]), node_by_owned);
	qsort(node->traffic, obs->traffic_count, sizeof(node->traffic[0]), node_by_identity);
	qsort(node->inside, obs->inside_count, sizeof(node->inside[0]), node_by_identity);
	if (snapshot_build(obs, previous, &snap) != 0)
		abort();
	free(node);
	return snap;
}

/* The row of that inode, or NULL. */
static inline const struct netns *node_row(const struct snapshot *snap, uint64_t inode)
{
	for (size_t i = 0; i < snap->namespace_count; i++) {
		if (snap->namespaces[i].inode == inode)
			return &snap->namespaces[i];
	}
	return NULL;
}
