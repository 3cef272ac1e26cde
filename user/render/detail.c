/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/detail.h"

#include <errno.h>
#include <inttypes.h>

#include "base/buf.h"
#include "base/number.h"
#include "model/snapshot.h"
#include "render/heading.h"
#include "render/path.h"

static void put_heading(struct buf *out, const struct snapshot *snap, const struct netns *ns)
{
	uint64_t age = snap->now > ns->birth ? (snap->now - ns->birth) / 1000000000 : 0;

	heading_netns(out, ns);
	(void)buf_printf(out, "  seen for %" PRIu64 " s%s\n", age, ns->gone ? "  gone" : "");
	heading_sharers(out, ns);
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

static void put_holders(struct buf *out, const struct detail *detail)
{
	(void)buf_puts(out, "    no process lives in it; held by\n");
	for (size_t i = 0; i < detail->holder_count; i++)
		(void)buf_printf(out, "    - %s\n", detail->holders[i]);
	if (detail->holder_count == 0)
		(void)buf_printf(out, "    - %s\n", detail->ns->held_by);
}

int detail_render(const struct snapshot *snap, const struct host_facts *facts, const struct detail *detail,
                  struct buf *ret)
{
	const struct netns *ns = detail->ns;
	size_t before = ret->len;

	put_heading(ret, snap, ns);
	for (size_t i = 0; i < detail->list.count; i++) {
		const struct traffic *traffic = &detail->list.paths[i].interface->traffic;

		path_draw(snap, facts, &detail->list.paths[i], ret);
		if (detail->list.paths[i].interface->counted == COUNTED_INSIDE)
			(void)buf_puts(ret, "    counted inside: no end of it is here\n");
		if (traffic->known) {
			put_counters(ret, "received", traffic, RECEIVE);
			put_counters(ret, "sent    ", traffic, TRANSMIT);
		} else {
			(void)buf_puts(ret, "    not counted\n");
		}
	}
	if (ns->interface_count == 0)
		(void)buf_puts(ret, "    no interface but loopback\n");
	if (ns->held)
		put_holders(ret, detail);
	if (!ret->failed)
		return 0;
	ret->len = before;
	return -ENOMEM;
}
