/* SPDX-License-Identifier: GPL-2.0-only */
/* Feeds arbitrary bytes, cut into netlink messages as the socket cuts them, to the parsers of bridges, ports, VLANs and entries. */
#include "base/text.h"
#include "fuzz/messages.h"
#include "observe/netlink/bridge_parse.h"
#include "observe/netlink/fdb_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const char name[IFNAMSIZ])
{
	size_t len = strnlen(name, IFNAMSIZ);

	require(len > 0 && len < IFNAMSIZ && text_is_utf8(name, len));
}

static void check_vlans(const struct bridge_port_message *told)
{
	_cleanup_array_ struct array vlans = ARRAY_OF(struct bridge_vlan);

	(void)bridge_vlans_parse(told, &vlans);
	for (size_t i = 0; i < vlans.count; i++) {
		const struct bridge_vlan *vlan = array_at(&vlans, i);

		require(vlan->first > 0 && vlan->first <= vlan->last && vlan->last < 4095);
	}
}

static void feed(void *context, const struct nlmsghdr *nlh)
{
	struct bridge_settings bridge;
	struct bridge_port_message told;
	struct fdb_entry entry;
	char text[64];

	if (bridge_parse(nlh, &bridge) == 0) {
		check_name(bridge.name);
		require(bridge.index != 0);
	}
	if (bridge_port_parse(nlh, &told) == 0) {
		check_name(told.port.name);
		require(told.port.index != 0 && told.port.state <= PORT_NONE && told.port.flags >> PORT_FLAGS == 0);
		check_vlans(&told);
	}
	if (fdb_parse(nlh, &entry) == 0) {
		require(entry.port != 0 && entry.kind < FDB_KINDS);
		require((entry.kind == FDB_REMOTE) == (entry.bridge == 0));
		if (entry.kind == FDB_REMOTE)
			address_format(&entry.remote, text, sizeof(text));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	messages_each(data, size, feed, NULL);
	return 0;
}
