/* SPDX-License-Identifier: GPL-2.0-only */
/* Bridges, ports and forwarding databases as bridge and ip read them: tests/fixtures/bridge/record.py. */
#include "netlink_fixture.h"

#include <linux/if_bridge.h>
#include <linux/neighbour.h>

#include "observe/netlink/bridge_parse.h"
#include "observe/netlink/fdb_parse.h"

static void format_mac(const uint8_t mac[6], char out[18])
{
	(void)snprintf(out, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

/* ip writes the bytes of an id without leading zeros: "8000.e:fa:60:32:4d:cd". */
static void assert_id(const struct spanning_id *id, const char *text)
{
	char wanted[40];

	(void)snprintf(wanted, sizeof(wanted), "%04x.%x:%x:%x:%x:%x:%x", id->priority, id->mac[0], id->mac[1],
	               id->mac[2], id->mac[3], id->mac[4], id->mac[5]);
	assert_string_equal(wanted, text);
}

static const json_t *row_of(const json_t *rows, const char *key, const char *value)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		if (strcmp(text_of(row, key), value) == 0)
			return row;
	}
	fail_msg("no row with %s %s", key, value);
	return NULL;
}

static void a_bridge_is_read_as_ip_reads_it(void **state)
{
	_cleanup_recording_ struct recording recording = recording_load("../bridge/links");
	json_t *rows = recording_json("../bridge/links.json");
	const struct nlmsghdr *nlh;
	size_t at = 0, bridges = 0;

	while ((nlh = recording_next(&recording, &at))) {
		struct bridge_settings bridge;
		const json_t *row, *data;
		char mac[18];
		int r = bridge_parse(nlh, &bridge);

		assert_true(r == 0 || r == -ENOMSG);
		if (r < 0)
			continue;
		bridges++;
		row = row_of(rows, "ifname", bridge.name);
		data = json_object_get(json_object_get(row, "linkinfo"), "info_data");
		format_mac(bridge.mac, mac);
		assert_int_equal(bridge.index, number_of(row, "ifindex", 0));
		assert_int_equal(bridge.mtu, number_of(row, "mtu", 0));
		assert_int_equal(bridge.up, strcmp(text_of(row, "operstate"), "UP") == 0);
		assert_string_equal(mac, text_of(row, "address"));
		assert_int_equal(bridge.stp, number_of(data, "stp_state", -1));
		assert_int_equal(bridge.id.priority, number_of(data, "priority", -1));
		assert_id(&bridge.id, text_of(data, "bridge_id"));
		assert_id(&bridge.root, text_of(data, "root_id"));
		assert_int_equal(bridge.root_port, number_of(data, "root_port", -1));
		assert_int_equal(bridge.root_cost, number_of(data, "root_path_cost", -1));
		assert_int_equal(bridge.vlan_filtering, number_of(data, "vlan_filtering", -1));
		assert_int_equal(bridge.multicast_snooping, number_of(data, "mcast_snooping", -1));
		assert_int_equal(bridge.ageing, number_of(data, "ageing_time", -1));
		assert_int_equal(bridge.forward_delay, number_of(data, "forward_delay", -1));
	}
	assert_int_equal(at, recording.len);
	assert_int_equal(bridges, 2);
	json_decref(rows);
}

static void a_port_is_read_as_bridge_reads_it(void **state)
{
	_cleanup_recording_ struct recording recording = recording_load("../bridge/ports");
	json_t *rows = recording_json("../bridge/ports.json");
	const struct nlmsghdr *nlh;
	size_t at = 0, ports = 0;

	while ((nlh = recording_next(&recording, &at))) {
		struct bridge_port_message told;
		const json_t *row;

		assert_int_equal(bridge_port_parse(nlh, &told), 0);
		if (told.port.bridge == 0) /* the bridges themselves are told as well, without a word on ports */
			continue;
		ports++;
		row = row_of(rows, "ifname", told.port.name);
		assert_int_equal(told.port.index, number_of(row, "ifindex", 0));
		assert_int_equal(told.port.state, port_state_named(text_of(row, "state")));
		assert_int_equal(told.port.priority, number_of(row, "priority", -1));
		assert_int_equal(told.port.cost, number_of(row, "cost", -1));
		for (unsigned int i = 0; i < PORT_FLAGS; i++) {
			const json_t *flag = json_object_get(row, port_flag_words[i].key);

			assert_non_null(flag);
			if ((told.port.flags >> i & 1) != json_is_true(flag))
				fail_msg("%s of %s", port_flag_words[i].key, told.port.name);
		}
	}
	assert_int_equal(at, recording.len);
	assert_int_equal(ports, 4);
	json_decref(rows);
}

static const char *bridge_word(const struct fdb_entry *entry)
{
	if (entry->kind == FDB_PERMANENT)
		return "permanent";
	return entry->kind == FDB_STATIC || entry->kind == FDB_REMOTE ? "static" : "";
}

static bool has_flag(const json_t *row, const char *flag)
{
	const json_t *flags = json_object_get(row, "flags");

	for (size_t i = 0; i < json_array_size(flags); i++)
		if (strcmp(json_string_value(json_array_get(flags, i)), flag) == 0)
			return true;
	return false;
}

/* The lines of bridge are in the order of the messages. What is no entry of a bridge has no master and no destination. */
static void an_entry_is_read_as_bridge_reads_it(void **state)
{
	_cleanup_recording_ struct recording recording = recording_load("../bridge/fdb");
	json_t *rows = recording_json("../bridge/fdb.json");
	const struct nlmsghdr *nlh;
	size_t at = 0, seen[FDB_KINDS] = { 0 };

	for (size_t i = 0; (nlh = recording_next(&recording, &at)); i++) {
		const json_t *row = json_array_get(rows, i);
		bool wanted = *text_of(row, "master") || *text_of(row, "dst");
		struct fdb_entry entry;
		char text[64];
		int r = fdb_parse(nlh, &entry);

		assert_int_equal(r, wanted ? 0 : -ENOMSG);
		if (r < 0)
			continue;
		seen[entry.kind]++;
		format_mac(entry.mac, text);
		assert_string_equal(text, text_of(row, "mac"));
		assert_int_equal(entry.bridge != 0, *text_of(row, "master") != '\0');
		assert_int_equal(entry.vlan, number_of(row, "vlan", 0));
		assert_string_equal(bridge_word(&entry), text_of(row, "state"));
		assert_int_equal(entry.kind == FDB_EXTERN, has_flag(row, "extern_learn"));
		assert_int_equal(entry.sticky, has_flag(row, "sticky"));
		assert_int_equal(entry.kind == FDB_REMOTE, *text_of(row, "dst") != '\0');
		if (entry.kind != FDB_REMOTE)
			continue;
		address_format(&entry.remote, text, sizeof(text));
		assert_string_equal(text, "10.0.0.9/32");
	}
	assert_int_equal(at, recording.len);
	for (unsigned int i = 0; i < FDB_KINDS; i++)
		assert_true(seen[i] > 0);
	json_decref(rows);
}

/* ---- VLANs: the kernel that the rest was recorded on has none */

struct vlan {
	uint16_t flags, vid;
};

/* @state: -1: none is told */
static struct nlmsghdr *port_with_vlans(char *buffer, int state, const struct vlan *vlans, size_t count)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));
	struct nlattr *nest;

	nlh->nlmsg_type = RTM_NEWLINK;
	head->ifi_family = AF_BRIDGE;
	head->ifi_index = 7;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, "p7");
	mnl_attr_put_u32(nlh, IFLA_MASTER, 3);
	nest = mnl_attr_nest_start(nlh, IFLA_PROTINFO);
	if (state >= 0)
		mnl_attr_put_u8(nlh, IFLA_BRPORT_STATE, (uint8_t)state);
	mnl_attr_nest_end(nlh, nest);
	nest = mnl_attr_nest_start(nlh, IFLA_AF_SPEC);
	mnl_attr_put_u16(nlh, IFLA_BRIDGE_FLAGS, 0);
	for (size_t i = 0; i < count; i++) {
		const struct bridge_vlan_info info = { vlans[i].flags, vlans[i].vid };

		mnl_attr_put(nlh, IFLA_BRIDGE_VLAN_INFO, sizeof(info), &info);
	}
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static int parse_vlans(const struct vlan *vlans, size_t count, struct array *ret)
{
	_Alignas(struct nlmsghdr) char buffer[1024];
	struct bridge_port_message told;

	assert_int_equal(bridge_port_parse(port_with_vlans(buffer, BR_STATE_FORWARDING, vlans, count), &told), 0);
	assert_int_equal(told.port.bridge, 3);
	assert_int_equal(told.port.flags, port_flags_usual());
	return bridge_vlans_parse(&told, ret);
}

static void vlans_are_read_one_by_one_and_in_ranges(void **state)
{
	_cleanup_array_ struct array vlans = ARRAY_OF(struct bridge_vlan);
	const struct vlan told[] = { { BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED, 1 },
		                     { BRIDGE_VLAN_INFO_RANGE_BEGIN, 10 },
		                     { BRIDGE_VLAN_INFO_RANGE_END, 20 },
		                     { BRIDGE_VLAN_INFO_UNTAGGED, 4094 } };
	const struct bridge_vlan wanted[] = { { 7, 1, 1, true, true },
		                              { 7, 10, 20, false, false },
		                              { 7, 4094, 4094, false, true } };

	assert_int_equal(parse_vlans(told, ARRAY_SIZE(told), &vlans), 0);
	assert_int_equal(vlans.count, ARRAY_SIZE(wanted));
	for (size_t i = 0; i < vlans.count; i++) {
		const struct bridge_vlan *vlan = array_at(&vlans, i);

		assert_int_equal(vlan->index, wanted[i].index);
		assert_int_equal(vlan->first, wanted[i].first);
		assert_int_equal(vlan->last, wanted[i].last);
		assert_int_equal(vlan->pvid, wanted[i].pvid);
		assert_int_equal(vlan->untagged, wanted[i].untagged);
	}
}

static void impossible_vlans_are_refused(void **state)
{
	static const struct vlan runs[][2] = {
		{ { 0, 0 }, { 0, 1 } },
		{ { 0, 4095 }, { 0, 1 } },
		{ { 0, 1 }, { BRIDGE_VLAN_INFO_RANGE_END, 5 } },
		{ { BRIDGE_VLAN_INFO_RANGE_BEGIN, 9 }, { BRIDGE_VLAN_INFO_RANGE_END, 5 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		_cleanup_array_ struct array vlans = ARRAY_OF(struct bridge_vlan);

		assert_int_equal(parse_vlans(runs[i], 2, &vlans), -EBADMSG);
	}
}

static void what_a_nic_tells_of_its_own_switch_is_no_port(void **state)
{
	_Alignas(struct nlmsghdr) char buffer[1024];
	struct bridge_port_message told;

	assert_int_equal(bridge_port_parse(port_with_vlans(buffer, -1, NULL, 0), &told), -ENOMSG);
}

/* ---- anyone's bytes */

static int parse_any(const struct nlmsghdr *nlh)
{
	_cleanup_array_ struct array vlans = ARRAY_OF(struct bridge_vlan);
	struct bridge_settings bridge;
	struct bridge_port_message port;
	struct fdb_entry entry;
	int r = bridge_parse(nlh, &bridge);

	if (r == -ENOMSG)
		r = fdb_parse(nlh, &entry);
	if (r == -ENOMSG) {
		r = bridge_port_parse(nlh, &port);
		if (r == 0)
			r = bridge_vlans_parse(&port, &vlans);
	}
	return r;
}

static void a_message_cut_anywhere_is_refused_or_read(void **state)
{
	static const char *const names[] = { "../bridge/links", "../bridge/ports", "../bridge/fdb" };

	for (size_t n = 0; n < ARRAY_SIZE(names); n++) {
		_cleanup_recording_ struct recording recording = recording_load(names[n]);
		const size_t header = n == 2 ? sizeof(struct ndmsg) : sizeof(struct ifinfomsg);
		const struct nlmsghdr *nlh;
		size_t at = 0;

		while ((nlh = recording_next(&recording, &at))) {
			for (size_t len = sizeof(*nlh); len < nlh->nlmsg_len; len++) {
				_cleanup_free_ struct nlmsghdr *cut = message_cut(nlh, len);
				int r = parse_any(cut);

				if (r == 0)
					assert_true(message_may_end(nlh, header, len));
				else
					assert_true(r == -EBADMSG || r == -ENOMSG);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bridge_is_read_as_ip_reads_it),
		cmocka_unit_test(a_port_is_read_as_bridge_reads_it),
		cmocka_unit_test(an_entry_is_read_as_bridge_reads_it),
		cmocka_unit_test(vlans_are_read_one_by_one_and_in_ranges),
		cmocka_unit_test(impossible_vlans_are_refused),
		cmocka_unit_test(what_a_nic_tells_of_its_own_switch_is_no_port),
		cmocka_unit_test(a_message_cut_anywhere_is_refused_or_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
