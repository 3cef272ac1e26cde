/* SPDX-License-Identifier: GPL-2.0-only */
#include "netlink_fixture.h"

#include "observe/netlink/link_parse.h"
#include "observe/netlink/nsid.h"
#include "observe/netlink/stats.h"

#define LINKS_MAX 32

struct dump {
	struct link links[LINKS_MAX];
	size_t count;
};

static struct dump load_links(const char *name)
{
	_cleanup_recording_ struct recording recording = recording_load(name);
	struct dump dump = { .count = 0 };
	const struct nlmsghdr *nlh;
	size_t at = 0;

	while ((nlh = recording_next(&recording, &at))) {
		struct link_message told;

		assert_true(dump.count < LINKS_MAX);
		assert_int_equal(link_parse(nlh, &told), 0);
		assert_false(told.gone || told.moved || told.port_only);
		dump.links[dump.count++] = told.link;
	}
	assert_int_equal(at, recording.len);
	return dump;
}

static const struct link *named(const struct dump *dump, const char *name)
{
	for (size_t i = 0; i < dump->count; i++)
		if (strcmp(dump->links[i].name, name) == 0)
			return &dump->links[i];
	fail_msg("no link %s", name);
	return NULL;
}

static void assert_as_ip(const struct dump *dump, const struct link *link, const json_t *row)
{
	const json_t *info = json_object_get(row, "linkinfo");
	const json_t *port = json_object_get(info, "info_slave_data");
	const char *master = text_of(row, "master");
	char mac[32] = "";

	assert_int_equal(link->index, number_of(row, "ifindex", 0));
	assert_string_equal(link->name, text_of(row, "ifname"));
	assert_int_equal(link->mtu, number_of(row, "mtu", 0));
	if (link->has_mac)
		(void)snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", link->mac[0], link->mac[1],
		               link->mac[2], link->mac[3], link->mac[4], link->mac[5]);
	assert_string_equal(mac, strcmp(text_of(row, "link_type"), "ether") ? "" : text_of(row, "address"));
	if (*text_of(info, "info_kind"))
		assert_string_equal(link_kind_name(link->kind), text_of(info, "info_kind"));
	else
		assert_int_equal(link->kind, LINK_LOOPBACK);
	assert_int_equal(link->master, *master ? named(dump, master)->index : 0);
	assert_int_equal(link->port_state, port_state_named(text_of(port, "state")));
	assert_int_equal(link->peer_elsewhere, json_object_get(row, "link_netnsid") != NULL);
	if (json_object_get(row, "link_index"))
		assert_int_equal(link->peer_index, number_of(row, "link_index", 0));
	else if (json_object_get(row, "link"))
		assert_int_equal(link->peer_index, named(dump, text_of(row, "link"))->index);
	else
		assert_int_equal(link->peer_index, 0);
}

static void assert_dump_as_ip(const char *name)
{
	struct dump dump = load_links(name);
	char json_name[64];
	json_t *rows;

	(void)snprintf(json_name, sizeof(json_name), "%s.json", name);
	rows = recording_json(json_name);
	assert_int_equal(dump.count, json_array_size(rows));
	for (size_t i = 0; i < dump.count; i++)
		assert_as_ip(&dump, &dump.links[i], json_array_get(rows, i));
	json_decref(rows);
}

static void links_are_read_as_ip_reads_them(void **state)
{
	assert_dump_as_ip("here.links");
}

static void links_behind_an_nsid_are_read_as_ip_reads_them(void **state)
{
	assert_dump_as_ip("a.links");
	assert_dump_as_ip("b.links");
}

/* Two pairs whose inner ends share index 2: only nsid and index together tell them apart. */
static void same_inner_index_pairs_by_nsid(void **state)
{
	struct dump here = load_links("here.links");
	struct dump a = load_links("a.links");
	struct dump b = load_links("b.links");
	const struct link *h0 = named(&here, "h0");
	const struct link *h1 = named(&here, "h1");

	assert_int_equal(h0->peer_index, 2);
	assert_int_equal(h1->peer_index, 2);
	assert_int_equal(h0->peer_nsid, 0);
	assert_int_equal(h1->peer_nsid, 1);
	assert_int_equal(named(&a, "eth0")->index, 2);
	assert_int_equal(named(&b, "eth0")->index, 2);
	assert_int_equal(named(&a, "eth0")->peer_index, h0->index);
	assert_int_equal(named(&b, "eth0")->peer_index, h1->index);
	assert_true(h0->index > h1->index); /* made in the other order: no arithmetic leads from one end to the other */
}

static void pair_within_a_namespace_has_no_nsid(void **state)
{
	struct dump here = load_links("here.links");

	assert_int_equal(named(&here, "p0")->index, 200);
	assert_int_equal(named(&here, "p0")->peer_index, 100);
	assert_int_equal(named(&here, "p1")->peer_index, 200);
	assert_false(named(&here, "p0")->peer_elsewhere);
	assert_int_equal(named(&here, "p0")->peer_nsid, NSID_HERE);
}

static void ports_tell_bridge_and_state(void **state)
{
	struct dump here = load_links("here.links");

	assert_int_equal(named(&here, "h0")->master, named(&here, "br0")->index);
	assert_int_equal(named(&here, "h0")->port_state, PORT_FORWARDING);
	assert_int_equal(named(&here, "h1")->port_state, PORT_DISABLED);
	assert_int_equal(named(&here, "p0")->port_state, PORT_NONE);
}

static void link_without_ethernet_has_no_mac(void **state)
{
	struct dump here = load_links("here.links");

	assert_false(named(&here, "lo")->has_mac);
	assert_false(named(&here, "t0")->has_mac);
	assert_true(named(&here, "t1")->has_mac);
	assert_int_equal(named(&here, "t0")->kind, LINK_TUN);
}

/* No UTF-8: /proc/net/dev is what the kernel calls it. */
static void name_of_any_bytes_is_kept(void **state)
{
	_cleanup_recording_ struct recording lines = recording_load("odd.proc_net_dev");
	struct dump odd = load_links("odd.links");

	(void)named(&odd, "\xff\xfe\x01\x7f\xc3(");
	(void)named(&odd, "a\"b\\c'<d>");
	for (size_t i = 0; i < odd.count; i++) {
		char line[IFNAMSIZ + 2];

		(void)snprintf(line, sizeof(line), "%s:", odd.links[i].name);
		assert_non_null(memmem(lines.data, lines.len, line, strlen(line)));
	}
}

static void message_cut_anywhere_is_refused_or_whole(void **state)
{
	_cleanup_recording_ struct recording recording = recording_load("here.links");
	const struct nlmsghdr *nlh;
	size_t at = 0;

	while ((nlh = recording_next(&recording, &at)))
		for (size_t len = sizeof(*nlh); len < nlh->nlmsg_len; len++) {
			struct nlmsghdr *cut = message_cut(nlh, len);
			struct link_message told;
			int r;

			memset(&told, 0x5a, sizeof(told));
			r = link_parse(cut, &told);
			free(cut);
			if (!message_may_end(nlh, sizeof(struct ifinfomsg), len))
				assert_int_equal(r, -EBADMSG);
			if (r < 0)
				assert_int_equal(told.link.index, 0x5a5a5a5a);
		}
}

static struct nlmsghdr *new_link(char *buffer, uint16_t type, uint8_t family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));

	nlh->nlmsg_type = type;
	head->ifi_family = family;
	head->ifi_type = 1; /* ARPHRD_ETHER */
	head->ifi_index = 3;
	return nlh;
}

static void attribute_of_wrong_size_is_refused(void **state)
{
	static const struct {
		uint16_t type;
		size_t size;
	} wrong[] = {
		{ IFLA_MTU, 3 },         { IFLA_MTU, 8 },     { IFLA_LINK, 0 },         { IFLA_LINK, 2 },
		{ IFLA_MASTER, 1 },      { IFLA_MASTER, 5 },  { IFLA_LINK_NETNSID, 2 }, { IFLA_LINK_NETNSID, 8 },
		{ IFLA_NEW_NETNSID, 1 }, { IFLA_ADDRESS, 5 }, { IFLA_ADDRESS, 7 },      { IFLA_ADDRESS, 33 },
		{ IFLA_IFNAME, 1 },      { IFLA_IFNAME, 17 },
	};
	static const char bytes[64] = "abcdefghijklmnopqrstuvwxyz";

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		_Alignas(struct nlmsghdr) char buffer[512];
		struct nlmsghdr *nlh = new_link(buffer, RTM_NEWLINK, AF_UNSPEC);
		struct link_message told;

		mnl_attr_put_strz(nlh, IFLA_IFNAME, "eth0");
		assert_int_equal(link_parse(nlh, &told), 0);
		mnl_attr_put(nlh, wrong[i].type, wrong[i].size, bytes);
		assert_int_equal(link_parse(nlh, &told), -EBADMSG);
	}
}

static void name_the_kernel_would_not_allow_is_refused(void **state)
{
	static const char *const bad[] = { "", "a/b", "a:b", "a b", "a\tb", "a\nb" };
	_Alignas(struct nlmsghdr) char buffer[256];
	struct link_message told;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct nlmsghdr *nlh = new_link(buffer, RTM_NEWLINK, AF_UNSPEC);

		mnl_attr_put_strz(nlh, IFLA_IFNAME, bad[i]);
		assert_int_equal(link_parse(nlh, &told), -EBADMSG);
	}
	assert_int_equal(link_parse(new_link(buffer, RTM_NEWLINK, AF_UNSPEC), &told), -EBADMSG); /* none */
}

static void nest_that_lies_about_its_size_is_refused(void **state)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *nlh = new_link(buffer, RTM_NEWLINK, AF_UNSPEC);
	struct nlattr lie = { .nla_len = 40, .nla_type = IFLA_INFO_KIND };
	struct link_message told;

	mnl_attr_put_strz(nlh, IFLA_IFNAME, "eth0");
	mnl_attr_put(nlh, IFLA_LINKINFO | NLA_F_NESTED, sizeof(lie), &lie);
	assert_int_equal(link_parse(nlh, &told), -EBADMSG);
}

/* Listening for links one hears the bridge code as well, which says RTM_DELLINK when a port leaves. */
static void bridge_message_is_about_the_port_only(void **state)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *nlh = new_link(buffer, RTM_DELLINK, AF_BRIDGE);
	struct link_message told;
	struct nlattr *nest;

	mnl_attr_put_strz(nlh, IFLA_IFNAME, "h0");
	mnl_attr_put_u32(nlh, IFLA_MASTER, 9);
	nest = mnl_attr_nest_start(nlh, IFLA_PROTINFO);
	mnl_attr_put_u8(nlh, IFLA_BRPORT_STATE, PORT_BLOCKING);
	mnl_attr_nest_end(nlh, nest);
	assert_int_equal(link_parse(nlh, &told), 0);
	assert_true(told.port_only);
	assert_int_equal(told.link.master, 9);
	assert_int_equal(told.link.port_state, PORT_BLOCKING);
	nlh = new_link(buffer, RTM_NEWLINK, AF_INET6);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, "h0");
	assert_int_equal(link_parse(nlh, &told), -ENOMSG);
}

static void kind_names_go_both_ways(void **state)
{
	for (enum link_kind kind = LINK_OTHER; kind < LINK_KINDS; kind++)
		assert_int_equal(link_kind_from_name(link_kind_name(kind)), kind);
	assert_string_equal(link_kind_name(LINK_OTHER), "nic");
	assert_int_equal(link_kind_from_name("wireguard"), LINK_OTHER);
	assert_int_equal(link_kind_from_name(""), LINK_OTHER);
	assert_string_equal(link_kind_name((enum link_kind)1000), "nic");
}

static struct nlmsghdr *link_of_driver(char *buffer, const char *driver, uint32_t lower)
{
	struct nlmsghdr *nlh = new_link(buffer, RTM_NEWLINK, AF_UNSPEC);
	struct nlattr *info, *data;

	mnl_attr_put_strz(nlh, IFLA_IFNAME, "l0");
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, driver);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	mnl_attr_put_u32(nlh, IFLA_VXLAN_LINK, lower);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return nlh;
}

/* A NIC is what has no kind at all: a driver that is not listed makes no NIC. */
static void a_driver_that_is_not_listed_is_no_card(void **state)
{
	static const struct {
		const char *driver;
		enum link_kind kind;
		uint32_t lower;
	} drivers[] = {
		{ "wireguard", LINK_VIRTUAL, 0 }, { "sit", LINK_VIRTUAL, 0 }, { "macvtap", LINK_MACVLAN, 0 },
		{ "ipvtap", LINK_IPVLAN, 0 },     { "vxlan", LINK_VXLAN, 7 }, { "bond", LINK_BOND, 0 },
	};
	_Alignas(struct nlmsghdr) char buffer[256];

	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		struct link_message told;

		assert_int_equal(link_parse(link_of_driver(buffer, drivers[i].driver, 7), &told), 0);
		assert_int_equal(told.link.kind, drivers[i].kind);
		assert_int_equal(told.link.peer_index, drivers[i].lower); /* IFLA_VXLAN_LINK, of a VXLAN alone */
	}
}

static void nsids_are_read_as_ip_reads_them(void **state)
{
	_cleanup_recording_ struct recording recording = recording_load("here.nsids");
	json_t *rows = recording_json("here.nsids.json");
	const struct nlmsghdr *nlh;
	size_t at = 0, count = 0;

	while ((nlh = recording_next(&recording, &at))) {
		struct nsid_message told;

		assert_int_equal(nsid_parse(nlh, &told), 0);
		assert_false(told.gone);
		assert_int_equal(told.nsid, number_of(json_array_get(rows, count++), "nsid", -7));
		for (size_t len = sizeof(*nlh); len < nlh->nlmsg_len; len++) {
			struct nlmsghdr *cut = message_cut(nlh, len);

			if (nsid_parse(cut, &told) == 0)
				assert_true(message_may_end(nlh, sizeof(struct rtgenmsg), len));
			free(cut);
		}
	}
	assert_int_equal(count, json_array_size(rows));
	json_decref(rows);
}

static void assert_stats_as_ip(const struct link_stats *told, const json_t *row)
{
	const json_t *rx = json_object_get(json_object_get(row, "stats64"), "rx");
	const json_t *tx = json_object_get(json_object_get(row, "stats64"), "tx");

	assert_int_equal(told->index, number_of(row, "ifindex", 0));
	assert_int_equal(told->stats.rx_packets, number_of(rx, "packets", -1));
	assert_int_equal(told->stats.rx_bytes, number_of(rx, "bytes", -1));
	assert_int_equal(told->stats.rx_dropped, number_of(rx, "dropped", -1));
	assert_int_equal(told->stats.tx_packets, number_of(tx, "packets", -1));
	assert_int_equal(told->stats.tx_bytes, number_of(tx, "bytes", -1));
	assert_int_equal(told->stats.tx_dropped, number_of(tx, "dropped", -1));
}

static void counters_are_read_as_ip_reads_them(void **state)
{
	_cleanup_recording_ struct recording recording = recording_load("here.stats");
	json_t *rows = recording_json("here.stats.json");
	const struct nlmsghdr *nlh;
	size_t at = 0, count = 0;
	uint64_t packets = 0, dropped_in = 0, dropped_out = 0;

	while ((nlh = recording_next(&recording, &at))) {
		struct link_stats told;

		assert_int_equal(stats_parse(nlh, &told), 0);
		assert_stats_as_ip(&told, json_array_get(rows, count++));
		packets += told.stats.rx_packets + told.stats.tx_packets;
		dropped_in += told.stats.rx_dropped;
		dropped_out += told.stats.tx_dropped;
		for (size_t len = sizeof(*nlh); len < nlh->nlmsg_len; len++) {
			struct nlmsghdr *cut = message_cut(nlh, len);

			assert_int_equal(stats_parse(cut, &told), -EBADMSG);
			free(cut);
		}
	}
	assert_int_equal(count, json_array_size(rows));
	assert_true(packets > 0 && dropped_in > 0 && dropped_out > 0); /* else nothing was compared */
	json_decref(rows);
}

/*
 * A veth knows at its end what it sent, and nothing of what it received: its peer is taken from it first. The other end's last word
 * has that.
 */
static void the_end_of_a_pair_tells_its_last_counters(void **state)
{
	_cleanup_recording_ struct recording ends = recording_load("ends");
	json_t *rows = recording_json("ends.json");
	size_t at = 0, count = 0;

	while (at < ends.len) {
		const struct nlmsghdr *nlh = (const void *)(ends.data + at + 8);
		struct link_message told;
		const json_t *row, *tx;

		at += 8 + nlh->nlmsg_len; /* one message a datagram */
		if (nlh->nlmsg_type != RTM_DELLINK || link_parse(nlh, &told) < 0 || told.port_only)
			continue;
		row = json_array_get(rows, told.link.index == 40 ? 0 : 1);
		tx = json_object_get(json_object_get(row, "stats64"), "tx");
		assert_true(told.gone && told.has_stats && !told.moved);
		assert_string_equal(told.link.name, text_of(row, "ifname"));
		assert_int_equal(told.stats.tx_packets, number_of(tx, "packets", -1));
		assert_int_equal(told.stats.tx_bytes, number_of(tx, "bytes", -1));
		assert_int_equal(told.stats.tx_dropped, number_of(tx, "dropped", -1));
		assert_int_equal(told.stats.rx_packets, 0);
		count++;
	}
	assert_int_equal(count, 2);
	json_decref(rows);
}

/* struct rtnl_link_stats64 had 23 numbers before rx_nohandler (4.6), 24 before rx_otherhost_dropped (5.19). */
static void counters_of_older_and_newer_kernels_are_read(void **state)
{
	static const size_t sizes[] = { 23 * 8, 24 * 8, 25 * 8, 40 * 8 };
	_Alignas(struct nlmsghdr) char buffer[1024];
	uint64_t numbers[40];
	struct link_stats told;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		numbers[i] = i + 1;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
		struct if_stats_msg *head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));

		nlh->nlmsg_type = RTM_NEWSTATS;
		head->ifindex = 5;
		mnl_attr_put(nlh, IFLA_STATS_LINK_64, sizes[i], numbers);
		assert_int_equal(stats_parse(nlh, &told), 0);
		assert_int_equal(told.stats.tx_dropped, 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_read_as_ip_reads_them),
		cmocka_unit_test(links_behind_an_nsid_are_read_as_ip_reads_them),
		cmocka_unit_test(same_inner_index_pairs_by_nsid),
		cmocka_unit_test(pair_within_a_namespace_has_no_nsid),
		cmocka_unit_test(ports_tell_bridge_and_state),
		cmocka_unit_test(link_without_ethernet_has_no_mac),
		cmocka_unit_test(name_of_any_bytes_is_kept),
		cmocka_unit_test(message_cut_anywhere_is_refused_or_whole),
		cmocka_unit_test(attribute_of_wrong_size_is_refused),
		cmocka_unit_test(name_the_kernel_would_not_allow_is_refused),
		cmocka_unit_test(nest_that_lies_about_its_size_is_refused),
		cmocka_unit_test(bridge_message_is_about_the_port_only),
		cmocka_unit_test(kind_names_go_both_ways),
		cmocka_unit_test(a_driver_that_is_not_listed_is_no_card),
		cmocka_unit_test(nsids_are_read_as_ip_reads_them),
		cmocka_unit_test(counters_are_read_as_ip_reads_them),
		cmocka_unit_test(the_end_of_a_pair_tells_its_last_counters),
		cmocka_unit_test(counters_of_older_and_newer_kernels_are_read),
	};

	return cmocka_run_group_tests_name("link_parse", tests, NULL, NULL);
}
