/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Feeds arbitrary bytes, cut into netlink messages as the sockets cut them, to every parser of the netlink room, and what
 * they make of them to the tables, whose order must hold. The low bits of nlmsg_pid choose the namespace an event is from.
 */
#include "fuzz/messages.h"
#include "observe/netlink/address_parse.h"
#include "observe/netlink/link_parse.h"
#include "observe/netlink/nsid.h"
#include "observe/netlink/stats.h"
#include "observe/netlink/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_view(const struct ns_links *view)
{
	for (size_t i = 0; i < view->link_count; i++) {
		const struct link *link = &view->links[i];
		size_t len = strnlen(link->name, sizeof(link->name));

		require(link->index != 0 && (i == 0 || view->links[i - 1].index < link->index));
		require(len > 0 && len < sizeof(link->name) && !strpbrk(link->name, "/: \t\n"));
		require(link->kind < LINK_KINDS && link->port_state <= PORT_NONE);
		require(link->peer_nsid >= NSID_HERE);
	}
	for (size_t i = 0; i < view->address_count; i++) {
		const struct link_address *row = &view->addresses[i];
		char text[64];

		require(i == 0 || link_address_compare(row - 1, row) < 0);
		address_format(&row->address, text, sizeof(text));
	}
}

/* The tables, and the time, which goes on with each message. */
struct tables {
	struct table *table;
	uint64_t now;
};

static void feed(void *context, const struct nlmsghdr *nlh)
{
	struct tables *tables = context;
	struct table *table = tables->table;
	uint64_t now = ++tables->now;
	int32_t nsid = (int32_t)(nlh->nlmsg_pid & 3) - 1;
	struct address_message address;
	struct nsid_message other;
	struct link_message link;
	struct link_stats stats;

	if (link_parse(nlh, &link) == 0) {
		if (link.port_only)
			(void)table_put_port(table, nsid, &link.link);
		else if (link.gone)
			(void)table_drop_link(table, nsid, link.link.index);
		else
			(void)table_put_link(table, nsid, &link.link, now);
	}
	if (address_parse(nlh, &address) == 0)
		(void)(address.gone ? table_drop_address(table, nsid, &address.row)
		                    : table_put_address(table, nsid, &address.row));
	if (nsid_parse(nlh, &other) == 0) {
		if (other.gone)
			table_drop_nsid(table, other.nsid);
		else if (other.nsid != NSID_HERE)
			(void)table_add_nsid(table, other.nsid);
	}
	(void)stats_parse(nlh, &stats);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct wiring_callbacks nobody = { NULL, NULL, NULL, NULL };
	const struct ns_links *views;
	struct tables tables = { 0 };
	size_t count;

	require(table_new(&nobody, &tables.table) == 0);
	messages_each(data, size, feed, &tables);
	views = table_links(tables.table, &count);
	for (size_t i = 0; i < count; i++)
		check_view(&views[i]);
	table_free(tables.table);
	return 0;
}
