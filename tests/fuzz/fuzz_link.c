/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Feeds arbitrary bytes, cut into netlink messages as the sockets cut them, to every parser of the netlink room, and what
 * they make of them to the tables, whose order must hold. The low bits of nlmsg_pid choose the namespace an event is from.
 */
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/netlink/address_parse.h"
#include "observe/netlink/link_parse.h"
#include "observe/netlink/nsid.h"
#include "observe/netlink/stats.h"
#include "observe/netlink/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

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

static void feed(struct table *table, const struct nlmsghdr *nlh, uint64_t now)
{
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
	struct table *table;
	uint64_t now = 0;
	size_t count;

	require(table_new(&nobody, &table) == 0);
	while (size >= sizeof(struct nlmsghdr)) {
		/* an allocation of just that size, so that a read behind it is seen */
		_cleanup_free_ struct nlmsghdr *nlh = NULL;
		uint32_t len;

		memcpy(&len, data, sizeof(len));
		if (len < sizeof(*nlh) || len > size)
			break;
		nlh = malloc(len);
		require(nlh != NULL);
		memcpy(nlh, data, len);
		require(mnl_nlmsg_ok(nlh, (int)len));
		feed(table, nlh, ++now);
		if (MNL_ALIGN((size_t)len) >= size)
			break;
		data += MNL_ALIGN((size_t)len);
		size -= MNL_ALIGN((size_t)len);
	}
	views = table_links(table, &count);
	for (size_t i = 0; i < count; i++)
		check_view(&views[i]);
	table_free(table);
	return 0;
}
