/* SPDX-License-Identifier: GPL-2.0-only */
/* Route messages as the kernel sent them, against what ip said of the same: tests/fixtures/routes/record.py. */
#include "netlink_fixture.h"

#include <arpa/inet.h>

#include "observe/forwarding.h"
#include "observe/netlink/route_parse.h"
#include "tree.h"

#define ROUTES_MAX 32

struct routes {
	struct default_route rows[ROUTES_MAX];
	size_t count;
};

static struct routes load(const char *name)
{
	_cleanup_recording_ struct recording recording = recording_load(name);
	struct routes routes = { .count = 0 };
	const struct nlmsghdr *nlh;
	size_t at = 0;

	while ((nlh = recording_next(&recording, &at))) {
		struct route_message told;
		int r = route_parse(nlh, &told);

		assert_true(r == 0 || r == -ENOMSG);
		for (size_t i = 0; r == 0 && i < told.hop_count; i++) {
			assert_true(routes.count < ROUTES_MAX);
			routes.rows[routes.count++] = told.hops[i];
		}
	}
	assert_int_equal(at, recording.len);
	return routes;
}

static uint32_t index_of(const json_t *links, const char *name)
{
	json_t *link;
	size_t i;

	json_array_foreach(links, i, link)
	{
		if (strcmp(text_of(link, "ifname"), name) == 0)
			return (uint32_t)number_of(link, "ifindex", 0);
	}
	fail_msg("ip has no link %s", name);
	return 0;
}

static bool has(const struct routes *routes, uint32_t index, json_int_t metric, const char *gateway)
{
	char text[64];

	for (size_t i = 0; i < routes->count; i++) {
		const struct default_route *route = &routes->rows[i];

		if (route->index != index || route->metric != metric)
			continue;
		address_format(&route->gateway, text, sizeof(text));
		text[strcspn(text, "/")] = '\0';
		if (route->has_gateway ? strcmp(text, gateway) == 0 : gateway[0] == '\0')
			return true;
	}
	return false;
}

/* Of one route of ip, each next hop: {"gateway", "dev"}, or {"via": {"family", "host"}}. Returns how many. */
static size_t assert_hops(const struct routes *routes, const json_t *links, json_t *route)
{
	json_t *hops = json_object_get(route, "nexthops");
	json_int_t metric = number_of(route, "metric", 0);
	size_t i;
	json_t *hop;

	if (!hops) {
		json_t *via = json_object_get(route, "via");

		assert_true(has(routes, index_of(links, text_of(route, "dev")), metric,
		                via ? text_of(via, "host") : text_of(route, "gateway")));
		return 1;
	}
	json_array_foreach(hops, i, hop)
		assert_true(has(routes, index_of(links, text_of(hop, "dev")), metric, text_of(hop, "gateway")));
	return json_array_size(hops);
}

static void assert_as_ip_says(const char *name, uint8_t family)
{
	json_t *links = recording_json("../routes/links.json");
	struct routes routes;
	size_t wanted = 0;
	char path[64];
	json_t *authority, *route;
	size_t i;

	(void)snprintf(path, sizeof(path), "../routes/%s", name);
	routes = load(path);
	(void)snprintf(path, sizeof(path), "../routes/%s.json", name);
	authority = recording_json(path);
	json_array_foreach(authority, i, route)
	{
		if (!json_object_get(route, "type")) /* ip names the type where it is not unicast */
			wanted += assert_hops(&routes, links, route);
	}
	assert_true(wanted >= 4);
	assert_int_equal(routes.count, wanted);
	for (i = 0; i < routes.count; i++)
		assert_int_equal(routes.rows[i].family, family);
	json_decref(authority);
	json_decref(links);
}

static void default_routes_are_what_ip_says(void **state)
{
	assert_as_ip_says("ipv4", AF_INET);
	assert_as_ip_says("ipv6", AF_INET6);
}

static void message_cut_anywhere_is_refused_or_whole(void **state)
{
	_cleanup_recording_ struct recording recording = recording_load("../routes/ipv4");
	const struct nlmsghdr *nlh;
	size_t at = 0;

	while ((nlh = recording_next(&recording, &at))) {
		for (size_t len = sizeof(*nlh); len < nlh->nlmsg_len; len++) {
			struct nlmsghdr *cut = message_cut(nlh, len);
			struct route_message told;
			int r;

			memset(&told, 0x5a, sizeof(told));
			r = route_parse(cut, &told);
			free(cut);
			if (!message_may_end(nlh, sizeof(struct rtmsg), len))
				assert_true(r == -EBADMSG || r == -ENOMSG);
			if (r < 0)
				assert_int_equal(told.hops[0].index, 0x5a5a5a5a);
		}
	}
}

static struct nlmsghdr *new_route(char *buffer, uint8_t family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct rtmsg *head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));

	nlh->nlmsg_type = RTM_NEWROUTE;
	head->rtm_family = family;
	head->rtm_table = RT_TABLE_MAIN;
	head->rtm_type = RTN_UNICAST;
	return nlh;
}

static void a_next_hop_that_is_dead_is_no_way(void **state)
{
	_Alignas(struct nlmsghdr) char buffer[512];
	struct nlmsghdr *nlh = new_route(buffer, AF_INET);
	struct rtmsg *head = mnl_nlmsg_get_payload(nlh);
	struct route_message told;

	mnl_attr_put_u32(nlh, RTA_OIF, 7);
	assert_int_equal(route_parse(nlh, &told), 0);
	assert_int_equal(told.hop_count, 1);
	head->rtm_flags = RTNH_F_DEAD;
	assert_int_equal(route_parse(nlh, &told), 0);
	assert_int_equal(told.hop_count, 0);
}

/* A kernel with nexthop_compat_mode off tells the number of a nexthop object alone. */
static void a_route_without_a_device_is_no_way(void **state)
{
	_Alignas(struct nlmsghdr) char buffer[512];
	struct nlmsghdr *nlh = new_route(buffer, AF_INET6);
	struct route_message told;

	assert_int_equal(route_parse(nlh, &told), 0);
	assert_int_equal(told.hop_count, 0);
}

static void more_next_hops_than_there_is_room_for_are_left_out(void **state)
{
	_Alignas(struct nlmsghdr) char buffer[4096];
	struct nlmsghdr *nlh = new_route(buffer, AF_INET);
	struct rtnexthop hops[ROUTE_HOPS + 5];
	struct route_message told;

	for (size_t i = 0; i < ARRAY_SIZE(hops); i++)
		hops[i] = (struct rtnexthop){ .rtnh_len = sizeof(hops[i]), .rtnh_ifindex = (int)i + 1 };
	mnl_attr_put(nlh, RTA_MULTIPATH, sizeof(hops), hops);
	assert_int_equal(route_parse(nlh, &told), 0);
	assert_int_equal(told.hop_count, ROUTE_HOPS);
	hops[1].rtnh_len = 2;
	nlh = new_route(buffer, AF_INET);
	mnl_attr_put(nlh, RTA_MULTIPATH, sizeof(hops), hops);
	assert_int_equal(route_parse(nlh, &told), -EBADMSG);
}

static void a_gateway_of_the_wrong_size_is_refused(void **state)
{
	_Alignas(struct nlmsghdr) char buffer[512];
	static const char bytes[16] = "0123456789abcde";
	struct nlmsghdr *nlh = new_route(buffer, AF_INET);
	struct route_message told;

	mnl_attr_put(nlh, RTA_GATEWAY, 16, bytes);
	assert_int_equal(route_parse(nlh, &told), -EBADMSG);
	nlh = new_route(buffer, AF_INET6);
	mnl_attr_put(nlh, RTA_GATEWAY, 4, bytes);
	assert_int_equal(route_parse(nlh, &told), -EBADMSG);
}

static void forwarding_is_read_from_proc(void **state)
{
	static const struct {
		const char *text;
		enum forwarding wanted;
	} cases[] = {
		{ "1\n", FORWARDING_ON },   { "0\n", FORWARDING_OFF },       { "1", FORWARDING_ON },
		{ "", FORWARDING_UNKNOWN }, { "yes\n", FORWARDING_UNKNOWN }, { "-1\n", FORWARDING_UNKNOWN },
		{ "2\n", FORWARDING_ON },
	};
	enum forwarding ipv4, ipv6;
	struct tree tree;

	tree_make(&tree);
	forwarding_read(tree.path, &ipv4, &ipv6);
	assert_int_equal(ipv4, FORWARDING_UNKNOWN);
	assert_int_equal(ipv6, FORWARDING_UNKNOWN);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tree_text(&tree, "sys/net/ipv4/ip_forward", cases[i].text);
		forwarding_read(tree.path, &ipv4, &ipv6);
		assert_int_equal(ipv4, cases[i].wanted);
		assert_int_equal(ipv6, FORWARDING_UNKNOWN);
	}
	tree_text(&tree, "sys/net/ipv6/conf/all/forwarding", "1\n");
	forwarding_read(tree.path, &ipv4, &ipv6);
	assert_int_equal(ipv6, FORWARDING_ON);
	tree_remove(&tree, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_routes_are_what_ip_says),
		cmocka_unit_test(message_cut_anywhere_is_refused_or_whole),
		cmocka_unit_test(a_next_hop_that_is_dead_is_no_way),
		cmocka_unit_test(a_route_without_a_device_is_no_way),
		cmocka_unit_test(more_next_hops_than_there_is_room_for_are_left_out),
		cmocka_unit_test(a_gateway_of_the_wrong_size_is_refused),
		cmocka_unit_test(forwarding_is_read_from_proc),
	};

	return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
