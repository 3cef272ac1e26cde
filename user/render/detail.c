/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/detail.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "model/snapshot.h"
#include "render/show.h"

#define SHORT_ID 12

static void put_owner(struct buf *out, const char *mark, const struct owner *owner)
{
	(void)buf_printf(out, "%s%s  %s", mark, owner->name, owner_kind_name(owner->kind));
	if (owner->id[0])
		(void)buf_printf(out, " %.*s", SHORT_ID, owner->id);
	if (owner->image[0])
		(void)buf_printf(out, "  image %s", owner->image);
	if (owner->pid)
		(void)buf_printf(out, "  pid %d", owner->pid);
}

static void put_heading(struct buf *out, const struct snapshot *snap, const struct netns *ns)
{
	uint64_t age = snap->now > ns->birth ? (snap->now - ns->birth) / 1000000000 : 0;

	if (ns->owner_count > 0)
		put_owner(out, "", &ns->owners[0]);
	else
		(void)buf_puts(out, "nobody known");
	if (ns->inode)
		(void)buf_printf(out, "  netns %" PRIu64, ns->inode);
	(void)buf_printf(out, "  seen for %" PRIu64 " s%s\n", age, ns->gone ? "  gone" : "");
	for (size_t i = 1; i < ns->owner_count; i++) {
		put_owner(out, " +", &ns->owners[i]);
		(void)buf_puts(out, "  (shares it)\n");
	}
}

static void put_addresses(struct buf *out, const struct address *addresses, size_t count)
{
	char text[SHOW_ADDRESS_SIZE];

	for (size_t i = 0; i < count; i++) {
		address_format(&addresses[i], text, sizeof(text));
		(void)buf_printf(out, "  %s", text);
	}
}

static void put_device(struct buf *out, const char *name, uint32_t index, const uint8_t *mac)
{
	char text[SHOW_MAC_SIZE];

	(void)buf_printf(out, " |  %-15s if %-4" PRIu32, name[0] ? name : "?", index);
	if (mac) {
		show_mac(mac, text);
		(void)buf_printf(out, "  %s", text);
	}
}

static const struct bridge *find_bridge(const struct snapshot *snap, const char *name)
{
	for (size_t i = 0; i < snap->bridge_count; i++) {
		if (!snap->bridges[i].gone && strcmp(snap->bridges[i].name, name) == 0)
			return &snap->bridges[i];
	}
	return NULL;
}

static void put_bridge(struct buf *out, const struct bridge *bridge)
{
	put_device(out, bridge->name, bridge->index, bridge->has_mac ? bridge->mac : NULL);
	put_addresses(out, bridge->addresses, bridge->address_count);
	(void)buf_printf(out, "  mtu %" PRIu32 "  %s  %zu port%s\n", bridge->mtu, bridge->up ? "up" : "down",
	                 bridge->port_count, bridge->port_count == 1 ? "" : "s");
}

/* From the inner end to the host. */
static void put_way(struct buf *out, const struct snapshot *snap, const struct interface *link)
{
	const struct bridge *bridge = link->bridge[0] ? find_bridge(snap, link->bridge) : NULL;

	put_device(out, link->name, link->index, link->has_mac ? link->mac : NULL);
	put_addresses(out, link->addresses, link->address_count);
	(void)buf_printf(out, "  mtu %" PRIu32 "  %s  %s%s\n", link->mtu, link->up ? "up" : "down",
	                 link_kind_name(link->kind), link->gone ? "  gone" : "");
	if (!link->peer.known)
		return;
	(void)buf_puts(out, " =  pair\n");
	put_device(out, link->peer.name, link->peer.index, NULL);
	if (link->peer.netns != snap->observing_inode)
		(void)buf_printf(out, "  in netns %" PRIu64, link->peer.netns);
	if (bridge)
		(void)buf_printf(out, "  port of %s", bridge->name);
	(void)buf_putc(out, '\n');
	if (bridge)
		put_bridge(out, bridge);
	if (link->peer.netns == snap->observing_inode)
		(void)buf_puts(out, " +- this host\n");
}

static void put_counters(struct buf *out, const char *title, const struct traffic *traffic, enum direction d)
{
	const struct counters *c = &traffic->dir[d];
	char bytes[16];

	format_bytes(c->total.bytes, bytes, sizeof(bytes));
	(void)buf_printf(out, "    %s  %s  %" PRIu64 " bytes  %" PRIu64 " packets", title, bytes, c->total.bytes,
	                 c->total.packets);
	if (traffic->split)
		(void)buf_printf(out, "  %" PRIu64 " segments", c->segments);
	if (d == RECEIVE && traffic->receive_dropped)
		(void)buf_printf(out, "  %" PRIu64 " dropped by the pair", traffic->receive_dropped);
	(void)buf_putc(out, '\n');
}

int detail_render(const struct snapshot *snap, const struct netns *ns, const char *const *holders, size_t holder_count,
                  struct buf *ret)
{
	size_t before = ret->len;

	put_heading(ret, snap, ns);
	for (size_t i = 0; i < ns->interface_count; i++) {
		const struct interface *link = &ns->interfaces[i];

		put_way(ret, snap, link);
		if (link->traffic.known) {
			put_counters(ret, "received", &link->traffic, RECEIVE);
			put_counters(ret, "sent    ", &link->traffic, TRANSMIT);
		}
	}
	if (ns->interface_count == 0)
		(void)buf_puts(ret, "    no interface but loopback\n");
	if (ns->held)
		(void)buf_puts(ret, "    no process lives in it; held by\n");
	for (size_t i = 0; ns->held && i < holder_count; i++)
		(void)buf_printf(ret, "    - %s\n", holders[i]);
	if (ns->held && holder_count == 0)
		(void)buf_printf(ret, "    - %s\n", ns->held_by);
	if (!ret->failed)
		return 0;
	ret->len = before;
	return -ENOMEM;
}
