/* SPDX-License-Identifier: GPL-2.0-only */
/* Which links of a namespace are counted in it: each kind as it is met in the field, alone and among others. */
#include "base/cleanup.h"
#include "model/inside.h"
#include "unit/unit.h"

#define MOST 4

/* A link in few words. */
struct sketch {
	enum link_kind kind;
	uint32_t peer;   /* IFLA_LINK */
	int32_t where;   /* nsid of its peer or lower link, or one of the two below */
	uint32_t master; /* index: place in the list + 1 */
	bool counts;
};

#define HERE  NSID_HERE /* in the observing namespace */
#define SAME  -2        /* in the same namespace, or none at all */
#define THIRD 7

static const struct {
	const char *what;
	struct sketch links[MOST];
	size_t count;
} cases[] = {
	{ "a pair to the host", { { LINK_VETH, 4, HERE, 0, false } }, 1 },
	{ "netkit to the host", { { LINK_NETKIT, 4, HERE, 0, false } }, 1 },
	{ "a pair to another container", { { LINK_VETH, 4, THIRD, 0, true } }, 1 },
	{ "netkit to another container", { { LINK_NETKIT, 4, THIRD, 0, true } }, 1 },
	{ "a pair within", { { LINK_VETH, 2, SAME, 0, false }, { LINK_VETH, 1, SAME, 0, false } }, 2 },
	{ "macvlan of the host's card", { { LINK_MACVLAN, 2, HERE, 0, true } }, 1 },
	{ "macvlan of another container's", { { LINK_MACVLAN, 2, THIRD, 0, true } }, 1 },
	{ "ipvlan of the host's card", { { LINK_IPVLAN, 2, HERE, 0, true } }, 1 },
	{ "a VLAN that was moved in", { { LINK_VLAN, 2, HERE, 0, true } }, 1 },
	{ "a card that was moved in", { { LINK_OTHER, 0, SAME, 0, true } }, 1 },
	{ "a VLAN on a card", { { LINK_OTHER, 0, SAME, 0, true }, { LINK_VLAN, 1, SAME, 0, false } }, 2 },
	{ "macvlan on the own eth0", { { LINK_VETH, 4, HERE, 0, false }, { LINK_MACVLAN, 1, SAME, 0, false } }, 2 },
	{ "slirp4netns", { { LINK_TUN, 0, SAME, 0, true } }, 1 },
	{ "a VPN over eth0", { { LINK_VETH, 4, HERE, 0, false }, { LINK_TUN, 0, SAME, 0, false } }, 2 },
	{ "a VPN over a macvlan", { { LINK_MACVLAN, 2, HERE, 0, true }, { LINK_TUN, 0, SAME, 0, false } }, 2 },
	{ "an engine inside",
	  { { LINK_VETH, 4, HERE, 0, false }, { LINK_BRIDGE, 0, SAME, 0, false }, { LINK_VETH, 2, THIRD, 2, false } },
	  3 },
	{ "a machine behind a bridge over the card",
	  { { LINK_OTHER, 0, SAME, 2, true }, { LINK_BRIDGE, 0, SAME, 0, false }, { LINK_TUN, 0, SAME, 2, false } },
	  3 },
	{ "a machine behind a bridge that leads nowhere",
	  { { LINK_BRIDGE, 0, SAME, 0, false }, { LINK_TUN, 0, SAME, 1, false } },
	  2 },
	{ "an overlay's hidden namespace",
	  { { LINK_BRIDGE, 0, SAME, 0, false }, { LINK_VXLAN, 2, HERE, 1, false }, { LINK_VETH, 2, THIRD, 1, false } },
	  3 },
	{ "a VXLAN of the host, moved in", { { LINK_VXLAN, 2, HERE, 0, true } }, 1 },
	{ "a VXLAN over eth0", { { LINK_VETH, 4, HERE, 0, false }, { LINK_VXLAN, 1, SAME, 0, false } }, 2 },
	{ "WireGuard over eth0", { { LINK_VETH, 4, HERE, 0, false }, { LINK_VIRTUAL, 0, SAME, 0, false } }, 2 },
	{ "WireGuard that was made outside", { { LINK_VIRTUAL, 0, HERE, 0, true } }, 1 },
	{ "a bond of two cards",
	  { { LINK_OTHER, 0, SAME, 3, true }, { LINK_OTHER, 0, SAME, 3, true }, { LINK_BOND, 0, SAME, 0, false } },
	  3 },
	{ "a team of pairs to another container",
	  { { LINK_VETH, 4, THIRD, 2, true }, { LINK_TEAM, 0, SAME, 0, false } },
	  2 },
	{ "nothing leads out of these",
	  { { LINK_LOOPBACK, 0, SAME, 0, false }, { LINK_DUMMY, 0, SAME, 0, false }, { LINK_IFB, 0, SAME, 0, false } },
	  3 },
};

static void each_packet_has_one_link_that_counts_it(void **state)
{
	for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
		struct link links[MOST] = { 0 };
		const struct ns_links ns = { .nsid = 3, .links = links, .link_count = cases[c].count };

		for (size_t i = 0; i < cases[c].count; i++) {
			const struct sketch *sketch = &cases[c].links[i];

			links[i] = (struct link){
				.index = (uint32_t)i + 1,
				.kind = sketch->kind,
				.peer_index = sketch->peer,
				.peer_elsewhere = sketch->where != SAME,
				.peer_nsid = sketch->where == SAME ? NSID_HERE : sketch->where,
				.master = sketch->master,
			};
		}
		for (size_t i = 0; i < cases[c].count; i++) {
			if (inside_counts(&ns, &links[i]) != cases[c].links[i].counts)
				fail_msg("%s: link %zu", cases[c].what, i + 1);
		}
	}
}

static void a_port_whose_bridge_is_not_known_is_none(void **state)
{
	const struct link link = {
		.index = 2, .kind = LINK_VETH, .peer_elsewhere = true, .peer_nsid = THIRD, .master = 9
	};
	const struct ns_links ns = { .links = &link, .link_count = 1 };

	assert_true(inside_counts(&ns, &link));
}

/* Here - 1 (a macvlan of ours) - 2 (a pair) ; 3 - 4 among themselves; 5 (the machine) - here and - 6. */
static void what_links_lead_to_is_reached(void **state)
{
	const struct link here[] = {
		{ .index = 2, .kind = LINK_OTHER },
		{ .index = 3, .kind = LINK_VETH, .peer_elsewhere = true, .peer_nsid = 5, .peer_index = 2 }
	};
	const struct link one[] = {
		{ .index = 2, .kind = LINK_MACVLAN, .peer_elsewhere = true, .peer_nsid = HERE, .peer_index = 2 },
		{ .index = 3, .kind = LINK_VETH, .peer_elsewhere = true, .peer_nsid = 2, .peer_index = 2 }
	};
	const struct link two[] = {
		{ .index = 2, .kind = LINK_VETH, .peer_elsewhere = true, .peer_nsid = 1, .peer_index = 3 }
	};
	const struct link three[] = {
		{ .index = 2, .kind = LINK_VETH, .peer_elsewhere = true, .peer_nsid = 4, .peer_index = 2 }
	};
	const struct link four[] = {
		{ .index = 2, .kind = LINK_VETH, .peer_elsewhere = true, .peer_nsid = 3, .peer_index = 2 },
		{ .index = 3, .kind = LINK_VETH, .peer_elsewhere = true, .peer_nsid = HERE, .peer_index = 77 }
	};
	const struct link five[] = {
		{ .index = 2, .kind = LINK_VETH, .peer_elsewhere = true, .peer_nsid = HERE, .peer_index = 3 }
	};
	const struct link six[] = {
		{ .index = 2, .kind = LINK_VETH, .peer_elsewhere = true, .peer_nsid = 5, .peer_index = 2 }
	};
	const struct ns_links tables[] = {
		{ .nsid = HERE, .links = here, .link_count = 2 }, { .nsid = 1, .links = one, .link_count = 2 },
		{ .nsid = 2, .links = two, .link_count = 1 },     { .nsid = 3, .links = three, .link_count = 1 },
		{ .nsid = 4, .links = four, .link_count = 2 },    { .nsid = 5, .links = five, .link_count = 1 },
		{ .nsid = 6, .links = six, .link_count = 1 },
	};
	static const bool without_machine[] = { true, true, true, false, false, false, false };
	static const bool with_machine[] = { true, true, true, false, false, true, true };
	bool reached[ARRAY_SIZE(tables)] = { false };
	bool all[ARRAY_SIZE(tables)] = { false };

	inside_reached(tables, ARRAY_SIZE(tables), 5, reached);
	assert_memory_equal(reached, without_machine, sizeof(reached));
	inside_reached(tables, ARRAY_SIZE(tables), NSID_HERE, all);
	assert_memory_equal(all, with_machine, sizeof(all));
	inside_reached(NULL, 0, NSID_HERE, all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_packet_has_one_link_that_counts_it),
		cmocka_unit_test(a_port_whose_bridge_is_not_known_is_none),
		cmocka_unit_test(what_links_lead_to_is_reached),
	};

	return cmocka_run_group_tests_name("inside", tests, NULL, NULL);
}
