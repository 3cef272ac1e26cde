/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "model/path_hops.h"

const char *way_kind_name(enum way_kind kind)
{
	static const char *const names[] = {
		[WAY_SAME] = "same namespace", [WAY_PAIR] = "pair",     [WAY_BRIDGE] = "bridge",
		[WAY_SIBLINGS] = "siblings",   [WAY_ROUTED] = "routed", [WAY_OUTSIDE] = "outside",
		[WAY_NONE] = "no way known",
	};

	return names[kind];
}

/* Where two paths meet: a hop of each that is the same thing. */
struct meeting {
	enum way_kind kind;
	const struct path *a, *b;
	size_t a_hop, b_hop;
	size_t length;
	bool one_network;
	struct address network;
};

bool hop_same(const struct hop *a, const struct hop *b)
{
	if (a->netns == 0 || a->netns != b->netns || a->kind == HOP_NOWHERE || b->kind == HOP_NOWHERE)
		return false;
	if (a->index != 0 || b->index != 0)
		return a->index == b->index;
	return a->kind == b->kind;
}

static size_t depth_of(const struct path *path, size_t hop)
{
	size_t depth = 0;

	for (; hop != 0; hop = path->hops[hop].from)
		depth++;
	return depth;
}

static bool is_routed(const struct path *path, size_t hop)
{
	for (; hop != 0; hop = path->hops[hop].from) {
		if (path->hops[hop].via == VIA_ROUTE)
			return true;
	}
	return false;
}

/* Those of one device reach one another (unless their mode forbids it), but not the device itself and what is bridged or routed there. */
static bool are_siblings(const struct meeting *m)
{
	enum link_kind a = m->a->hops[m->a->hops[m->a_hop].from].link;
	enum link_kind b = m->b->hops[m->b->hops[m->b_hop].from].link;

	return m->a->hops[m->a_hop].via == VIA_LOWER && m->b->hops[m->b_hop].via == VIA_LOWER && a == b &&
	       (a == LINK_MACVLAN || a == LINK_IPVLAN);
}

/* A pair that joins two bridges of the host is no end of either namespace. */
static bool is_at_an_end(const struct meeting *m)
{
	uint64_t netns = m->a->hops[m->a_hop].netns;

	return netns == m->a->hops[0].netns || netns == m->b->hops[0].netns;
}

static enum way_kind kind_of(const struct meeting *m)
{
	bool routed = is_routed(m->a, m->a_hop) || is_routed(m->b, m->b_hop);
	const struct hop *a = &m->a->hops[m->a_hop];
	const struct hop *b = &m->b->hops[m->b_hop];

	if (a->kind == HOP_HOST || a->kind == HOP_NETNS)
		return WAY_ROUTED;
	if (a->link == LINK_BRIDGE) /* also for a macvlan on it: what it sends enters the bridge */
		return routed ? WAY_ROUTED : WAY_BRIDGE;
	if (a->via == VIA_PAIR || b->via == VIA_PAIR) {
		if (routed)
			return WAY_ROUTED;
		return is_at_an_end(m) ? WAY_PAIR : WAY_BRIDGE;
	}
	return are_siblings(m) ? WAY_SIBLINGS : WAY_OUTSIDE;
}

static bool in_one_network(const struct address *a, const struct address *b)
{
	size_t whole = a->prefix / 8;
	unsigned int rest = a->prefix % 8;

	if (a->family != b->family || a->prefix != b->prefix || a->prefix == 0 || address_is_link_local(a))
		return false;
	if (memcmp(a->bytes, b->bytes, whole) != 0)
		return false;
	return rest == 0 || ((a->bytes[whole] ^ b->bytes[whole]) & (0xffU << (8 - rest)) & 0xffU) == 0;
}

static void find_network(struct meeting *m)
{
	const struct interface *a = m->a->interface;
	const struct interface *b = m->b->interface;

	for (size_t i = 0; i < a->address_count && !m->one_network; i++) {
		for (size_t n = 0; n < b->address_count && !m->one_network; n++) {
			m->one_network = in_one_network(&a->addresses[i], &b->addresses[n]);
			m->network = a->addresses[i];
		}
	}
}

static bool is_nearer(const struct meeting *m, const struct meeting *best)
{
	if (m->kind != best->kind)
		return m->kind < best->kind;
	if (m->one_network != best->one_network)
		return m->one_network;
	return m->length < best->length;
}

static void meet(const struct path *a, const struct path *b, struct meeting *best)
{
	for (size_t i = 0; i < a->hop_count; i++) {
		for (size_t n = 0; n < b->hop_count; n++) {
			struct meeting m = { .a = a, .b = b, .a_hop = i, .b_hop = n };

			if (!hop_same(&a->hops[i], &b->hops[n]))
				continue;
			m.kind = kind_of(&m);
			m.length = depth_of(a, i) + depth_of(b, n);
			find_network(&m);
			if (is_nearer(&m, best))
				*best = m;
		}
	}
}

static enum hop_via turned(enum hop_via via)
{
	switch (via) {
	case VIA_PORT:
		return VIA_MEMBER;
	case VIA_MEMBER:
		return VIA_PORT;
	case VIA_LOWER:
		return VIA_UPPER;
	case VIA_UPPER:
		return VIA_LOWER;
	case VIA_NOTHING:
	case VIA_PAIR:
	case VIA_ROUTE:
		break;
	}
	return via;
}

/* From the one's interface to the meeting, and from there back to the other's. */
static int join(const struct meeting *m, struct arena *arena, struct way *ret)
{
	size_t up = depth_of(m->a, m->a_hop);
	size_t count = up + 1 + depth_of(m->b, m->b_hop);
	struct hop *hops = arena_array(arena, count, sizeof(*hops));
	size_t at = up;

	if (!hops)
		return -ENOMEM;
	for (size_t hop = m->a_hop;; hop = m->a->hops[hop].from) {
		hops[at] = m->a->hops[hop];
		hops[at].from = at == 0 ? 0 : at - 1;
		if (at-- == 0)
			break;
	}
	at = up + 1;
	for (size_t hop = m->b_hop; hop != 0; hop = m->b->hops[hop].from, at++) {
		hops[at] = m->b->hops[m->b->hops[hop].from];
		hops[at].via = turned(m->b->hops[hop].via);
		hops[at].from = at - 1;
	}
	*ret = (struct way){
		.kind = m->kind,
		.path = { .ns = m->a->ns, .interface = m->a->interface, .hops = hops, .hop_count = count },
		.far = m->b->interface,
		.one_network = m->one_network,
		.network = m->network,
	};
	return 0;
}

/* A port is reached through its bridge or bond, which is an interface of its own; a VRF or OVS is not followed. */
static bool is_start(const struct path *path)
{
	const struct interface *master = interface_of(path->ns, path->interface->master);

	return !path->interface->gone &&
	       !(master && (master->kind == LINK_BRIDGE || master->kind == LINK_BOND || master->kind == LINK_TEAM));
}

int path_between(const struct snapshot *snap, const struct host_facts *facts, const struct netns *ns,
                 const struct netns *to, struct arena *arena, struct way *ret)
{
	struct meeting best = { .kind = WAY_NONE };
	struct path_list ours = { NULL, 0 };
	struct path_list theirs = { NULL, 0 };
	int r;

	if (ns == to) {
		*ret = (struct way){ .kind = WAY_SAME, .path = { .ns = ns } };
		return 0;
	}
	r = path_make_all(snap, facts, ns, true, arena, &ours);
	if (r == 0)
		r = path_make_all(snap, facts, to, true, arena, &theirs);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ours.count; i++) {
		for (size_t n = 0; n < theirs.count; n++) {
			if (is_start(&ours.paths[i]) && is_start(&theirs.paths[n]))
				meet(&ours.paths[i], &theirs.paths[n], &best);
		}
	}
	if (best.kind == WAY_NONE) {
		*ret = (struct way){ .kind = WAY_NONE, .path = { .ns = ns } };
		return 0;
	}
	return join(&best, arena, ret);
}
