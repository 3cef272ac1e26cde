/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <inttypes.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "render/heading.h"
#include "render/json_fields.h"
#include "render/path.h"
#include "render/show.h"

#define INDENT 4 /* of the ports or uplinks where there are several */

void path_put_forwarding(struct buf *out, const struct host_facts *facts)
{
	if (facts->ipv4 == facts->ipv6)
		(void)buf_puts(out, forwarding_name(facts->ipv4));
	else
		(void)buf_printf(out, "IPv4 %s, IPv6 %s", forwarding_name(facts->ipv4), forwarding_name(facts->ipv6));
}

const char *path_nowhere(const struct hop *before)
{
	if (before->kind == HOP_MASTER)
		return "what it does with its ports is not known";
	switch ((int)before->link) {
	case LINK_VETH:
	case LINK_NETKIT:
		return "its other end is in a namespace that nobody found";
	case LINK_MACVLAN:
	case LINK_IPVLAN:
	case LINK_VLAN:
		return "what it stands on is not known";
	case LINK_TUN:
		return "a program holds its other end; which is not known";
	case LINK_VXLAN:
		return "a tunnel; where its packets leave is not known";
	default:
		return "where it leads is not known";
	}
}

static void put_traffic(struct buf *out, const struct hop *hop)
{
	char rx[16], tx[16];

	if (!hop->counted)
		return;
	format_bytes(hop->traffic[RECEIVE].bytes, rx, sizeof(rx));
	format_bytes(hop->traffic[TRANSMIT].bytes, tx, sizeof(tx));
	(void)buf_printf(out, "  rx %s  tx %s", rx, tx);
}

static void put_routes(struct buf *out, const struct hop *hop)
{
	char text[SHOW_ROUTE_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(hop->routes); i++) {
		if (!hop->routes[i])
			continue;
		show_default_route(hop->routes[i], text);
		(void)buf_printf(out, "  %s", text);
	}
}

/* A link-local address of a device of the host is of no use to anybody here; the JSON has it. */
static void put_state(struct buf *out, const struct hop *hop)
{
	bool is_ours = hop->ns == NULL;
	char text[SHOW_ADDRESS_SIZE];

	/* the MAC of a host end is nobody's destination */
	if (hop->has_mac && hop->kind != HOP_HOST_END) {
		show_mac(hop->mac, text);
		(void)buf_printf(out, "  %s", text);
	}
	for (size_t i = 0; i < hop->address_count; i++) {
		if (is_ours && address_is_link_local(&hop->addresses[i]))
			continue;
		address_format(&hop->addresses[i], text, sizeof(text));
		(void)buf_printf(out, "  %s", text);
	}
	if (hop->mtu)
		(void)buf_printf(out, "  mtu %" PRIu32, hop->mtu);
	(void)buf_printf(out, "  %s", hop->up ? "up" : "down");
	if (hop->kind != HOP_HOST_END && hop->link != LINK_BRIDGE)
		(void)buf_printf(out, "  %s", link_kind_name(hop->link));
}

/* Whose it is, where that is not the namespace the path begins in; this host only where no pair leads to it. */
static void put_place(struct buf *out, const struct snapshot *snap, const struct path *path, const struct hop *hop)
{
	if (hop->netns == snap->observing_inode) {
		if (hop->via == VIA_LOWER && path->hops[hop->from].netns != hop->netns)
			(void)buf_puts(out, "  of this host");
		return;
	}
	if ((path->ns->inode != 0 && hop->netns == path->ns->inode) || hop->ns == path->ns)
		return;
	(void)buf_puts(out, "  of ");
	if (hop->ns)
		heading_name(out, hop->ns);
	else if (hop->netns)
		(void)buf_printf(out, "netns %" PRIu64, hop->netns);
	else
		(void)buf_puts(out, "a namespace that nobody found");
}

static void put_device(struct buf *out, const struct snapshot *snap, const struct path *path, const struct hop *hop)
{
	const char *state = json_port_state_name(hop->port_state);

	(void)buf_printf(out, " |  %-15s", hop->name[0] ? hop->name : "?");
	if (hop->index)
		(void)buf_printf(out, " if %-4" PRIu32, hop->index);
	if (hop->read)
		put_state(out, hop);
	put_place(out, snap, path, hop);
	if (hop->master[0])
		(void)buf_printf(out, "  port of %s%s%s", hop->master, state ? ", " : "", state ? state : "");
	if (hop->port_count)
		(void)buf_printf(out, "  %zu port%s", hop->port_count, hop->port_count == 1 ? "" : "s");
	put_traffic(out, hop);
	put_routes(out, hop);
	(void)buf_puts(out, hop->gone ? "  gone\n" : "\n");
}

static void put_host(struct buf *out, const struct host_facts *facts, bool ends)
{
	(void)buf_puts(out, " +- this host (forwarding ");
	path_put_forwarding(out, facts);
	(void)buf_putc(out, ')');
	if (ends && !facts->routes_known)
		(void)buf_puts(out, ", its default routes could not be read");
	else if (ends && facts->route_count == 0)
		(void)buf_puts(out, ", without a default route");
	(void)buf_putc(out, '\n');
}

/* How a hop is joined to the one before, where that is not said by the two themselves. */
static void put_joint(struct buf *out, size_t indent, const struct hop *before, const struct hop *hop)
{
	const char *kind = link_kind_name(hop->via == VIA_UPPER ? hop->link : before->link);

	if (hop->via == VIA_PAIR)
		(void)buf_printf(out, "%*s =  %s pair\n", (int)indent, "", kind);
	else if (hop->via == VIA_LOWER)
		(void)buf_printf(out, "%*s =  %s stands on\n", (int)indent, "", kind);
	else if (hop->via == VIA_UPPER)
		(void)buf_printf(out, "%*s =  under %s\n", (int)indent, "", kind);
}

static void put_hop(struct buf *out, const struct snapshot *snap, const struct host_facts *facts,
                    const struct path *path, size_t at, size_t indent)
{
	const struct hop *hop = &path->hops[at];
	bool last = at + 1 == path->hop_count;

	if (at > 0)
		put_joint(out, indent, &path->hops[hop->from], hop);
	(void)buf_printf(out, "%*s", (int)indent, "");
	if (hop->kind == HOP_HOST) {
		put_host(out, facts, last);
	} else if (hop->kind == HOP_NETNS) {
		(void)buf_puts(out, " +- ");
		heading_name(out, hop->ns);
		(void)buf_puts(out, " (whether it forwards is not known)\n");
	} else if (hop->kind == HOP_NOWHERE) {
		(void)buf_printf(out, " +- %s\n", path_nowhere(&path->hops[hop->from]));
	} else {
		put_device(out, snap, path, hop);
	}
}

static size_t children_of(const struct path *path, size_t hop)
{
	size_t count = 0;

	for (size_t i = 1; i < path->hop_count; i++)
		count += path->hops[i].from == hop;
	return count;
}

void path_draw(const struct snapshot *snap, const struct host_facts *facts, const struct path *path, struct buf *out)
{
	const struct hop *last = path->hop_count > 0 ? &path->hops[path->hop_count - 1] : NULL;
	size_t indents[PATH_HOPS] = { 0 };

	for (size_t i = 0; i < path->hop_count; i++) {
		if (i > 0 && i < PATH_HOPS) {
			size_t from = path->hops[i].from;

			indents[i] = indents[from] + (children_of(path, from) > 1 ? INDENT : 0);
		}
		put_hop(out, snap, facts, path, i, i < PATH_HOPS ? indents[i] : 0);
	}
	if (path->hop_count == 1 && last->kind == HOP_INNER && last->link == LINK_OTHER)
		(void)buf_puts(out, " +- a device of its own: nothing of this host is in between\n");
	if (path->cut)
		(void)buf_puts(out, "    more than can be shown\n");
}

static void put_network(struct buf *out, const struct address *in)
{
	struct address network = *in;
	char text[SHOW_ADDRESS_SIZE];

	for (size_t bit = network.prefix; bit < sizeof(network.bytes) * 8; bit++)
		network.bytes[bit / 8] &= (uint8_t) ~(0x80U >> bit % 8);
	address_format(&network, text, sizeof(text));
	(void)buf_puts(out, text);
}

static bool passes_host(const struct path *path)
{
	for (size_t i = 0; i < path->hop_count; i++) {
		if (path->hops[i].kind == HOP_HOST)
			return true;
	}
	return false;
}

static const char *way_in_words(const struct way *way, const struct host_facts *facts)
{
	switch (way->kind) {
	case WAY_SAME:
		return "one network namespace: they share every interface and reach one another over loopback";
	case WAY_PAIR:
		return "a pair joins the two";
	case WAY_BRIDGE:
		return "over one bridge";
	case WAY_SIBLINGS:
		return "on one device, unless their mode (private, VEPA) keeps them apart";
	case WAY_ROUTED:
		if (facts->ipv4 == FORWARDING_OFF && facts->ipv6 == FORWARDING_OFF && passes_host(&way->path))
			return "routed, but this host does not forward";
		return "routed";
	case WAY_OUTSIDE:
		return "nothing here joins the two: both leave by one device, only what is outside can";
	case WAY_NONE:
		break;
	}
	return "no way is known";
}

static void put_way(struct buf *out, const struct path_answer *answer)
{
	const struct way *way = answer->way;

	heading_name(out, answer->ns);
	(void)buf_puts(out, " -> ");
	heading_name(out, answer->to);
	(void)buf_printf(out, ": %s", way_in_words(way, answer->facts));
	if (way->one_network) {
		(void)buf_puts(out, ", both in ");
		put_network(out, &way->network);
	} else if (way->kind == WAY_PAIR || way->kind == WAY_BRIDGE || way->kind == WAY_SIBLINGS) {
		(void)buf_puts(out, ", but without addresses in one network");
	}
	(void)buf_putc(out, '\n');
	path_draw(answer->snap, answer->facts, &way->path, out);
}

int path_render_text(const struct path_answer *answer, struct buf *ret)
{
	size_t before = ret->len;

	if (answer->to) {
		put_way(ret, answer);
	} else {
		heading_netns(ret, answer->ns);
		(void)buf_putc(ret, '\n');
		heading_sharers(ret, answer->ns);
		for (size_t i = 0; i < answer->list.count; i++)
			path_draw(answer->snap, answer->facts, &answer->list.paths[i], ret);
		if (answer->list.count == 0)
			(void)buf_puts(ret, "    no interface leads out of it\n");
	}
	if (!ret->failed)
		return 0;
	ret->len = before;
	return -ENOMEM;
}
