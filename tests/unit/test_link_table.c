/* SPDX-License-Identifier: GPL-2.0-only */
#include "netlink_fixture.h"

#include <arpa/inet.h>

#include "observe/netlink/address_parse.h"
#include "observe/netlink/table.h"

/* What the callbacks were told, one line each: "+-1 h0", "~-1 h0>h1", "--1 h0", "nsid 0", "nsid 0 gone". */
struct node {
	struct table *table;
	char told[1 << 16];
	size_t len;
};

static void on_link(void *context, enum link_change change, int32_t nsid, const struct link *old,
                    const struct link *link)
{
	static const char marks[] = "+~-";
	struct node *node = context;

	assert_int_equal(old != NULL, change == LINK_CHANGED);
	if (change != LINK_VANISHED) /* the table has it already */
		assert_ptr_equal(table_find(node->table, nsid, link->index), link);
	node->len += (size_t)snprintf(node->told + node->len, sizeof(node->told) - node->len, "%c%d %s%s%s\n",
	                              marks[change], nsid, old ? old->name : "", old ? ">" : "", link->name);
	assert_true(node->len < sizeof(node->told));
}

static void on_nsid(void *context, int32_t nsid, bool gone)
{
	struct node *node = context;

	node->len += (size_t)snprintf(node->told + node->len, sizeof(node->told) - node->len, "nsid %d%s\n", nsid,
	                              gone ? " gone" : "");
}

static int make_node(void **state)
{
	struct node *node = calloc(1, sizeof(*node));
	const struct wiring_callbacks callbacks = { node, on_link, on_nsid, NULL };

	assert_non_null(node);
	assert_int_equal(table_new(&callbacks, &node->table), 0);
	*state = node;
	return 0;
}

static int free_node(void **state)
{
	struct node *node = *state;

	table_free(node->table);
	free(node);
	return 0;
}

/* Compares what was told since the last time. */
static void assert_told(struct node *node, const char *lines)
{
	assert_string_equal(node->told, lines);
	node->len = 0;
	node->told[0] = '\0';
}

static struct link link_of(uint32_t index, const char *name, enum link_kind kind)
{
	struct link link = {
		.index = index, .kind = kind, .mtu = 1500, .peer_nsid = NSID_HERE, .port_state = PORT_NONE
	};

	(void)snprintf(link.name, sizeof(link.name), "%s", name);
	return link;
}

static struct link veth(uint32_t index, const char *name, int32_t peer_nsid, uint32_t peer_index)
{
	struct link link = link_of(index, name, LINK_VETH);

	link.peer_elsewhere = true;
	link.peer_nsid = peer_nsid;
	link.peer_index = peer_index;
	link.mac[5] = (uint8_t)index;
	link.has_mac = true;
	return link;
}

static struct link_address address_of(uint32_t index, const char *text)
{
	struct link_address row = { .index = index, .address = { .family = AF_INET, .prefix = 24 } };

	assert_int_equal(inet_pton(AF_INET, text, row.address.bytes), 1);
	return row;
}

static void put(struct node *node, int32_t nsid, struct link link, uint64_t now)
{
	assert_int_equal(table_put_link(node->table, nsid, &link, now), 0);
}

/* Merges a look that found @count links and no addresses. */
static void merge(struct node *node, int32_t nsid, const struct link *links, size_t count, bool complete, uint64_t now)
{
	_cleanup_array_ struct array found = ARRAY_OF(struct link);
	_cleanup_array_ struct array addresses = ARRAY_OF(struct link_address);

	for (size_t i = 0; i < count; i++)
		assert_int_equal(array_append(&found, &links[i]), 0);
	assert_int_equal(table_merge(node->table, nsid, &found, &addresses, complete, now), 0);
}

static void assert_sorted(const struct table *table)
{
	size_t count;
	const struct ns_links *views = table_links(table, &count);

	assert_int_equal(views[0].nsid, NSID_HERE);
	for (size_t v = 0; v < count; v++) {
		if (v > 0)
			assert_true(views[v - 1].nsid < views[v].nsid);
		for (size_t i = 1; i < views[v].link_count; i++)
			assert_true(views[v].links[i - 1].index < views[v].links[i].index);
		for (size_t i = 1; i < views[v].address_count; i++)
			assert_true(link_address_compare(&views[v].addresses[i - 1], &views[v].addresses[i]) < 0);
	}
}

static void link_appears_changes_and_vanishes(void **state)
{
	struct node *node = *state;
	struct link link = link_of(4, "h0", LINK_VETH);

	put(node, NSID_HERE, link, 100);
	assert_told(node, "+-1 h0\n");
	put(node, NSID_HERE, link, 200);
	assert_told(node, ""); /* told again, nothing new */
	(void)snprintf(link.name, sizeof(link.name), "h1");
	put(node, NSID_HERE, link, 300);
	assert_told(node, "~-1 h0>h1\n");
	assert_int_equal(table_find(node->table, NSID_HERE, 4)->birth, 100);
	assert_int_equal(table_drop_link(node->table, NSID_HERE, 4), 0);
	assert_told(node, "--1 h1\n");
	assert_int_equal(table_drop_link(node->table, NSID_HERE, 4), -ENOENT);
	put(node, NSID_HERE, link, 400);
	assert_int_equal(table_find(node->table, NSID_HERE, 4)->birth, 400);
}

static void same_index_in_two_namespaces_is_two_links(void **state)
{
	struct node *node = *state;

	assert_int_equal(table_add_nsid(node->table, 1), 0);
	assert_int_equal(table_add_nsid(node->table, 0), 0);
	put(node, 0, veth(2, "eth0", NSID_HERE, 40), 1);
	put(node, 1, veth(2, "eth0", NSID_HERE, 39), 1);
	assert_told(node, "nsid 1\nnsid 0\n+0 eth0\n+1 eth0\n");
	assert_int_equal(table_find(node->table, 0, 2)->peer_index, 40);
	assert_int_equal(table_find(node->table, 1, 2)->peer_index, 39);
	assert_null(table_find(node->table, NSID_HERE, 2));
	assert_int_equal(table_drop_link(node->table, 1, 2), 0);
	assert_non_null(table_find(node->table, 0, 2));
	assert_sorted(node->table);
}

static void thousands_in_any_order_stay_sorted(void **state)
{
	struct node *node = *state;
	const uint32_t many = 5003; /* prime: the steps meet every index once */

	for (uint32_t i = 0, index = 1; i < many; i++, index = (index + 1789) % many) {
		put(node, NSID_HERE, link_of(index + 1, "x", LINK_DUMMY), i);
		node->len = 0;
	}
	assert_int_equal(table_view(node->table, NSID_HERE)->link_count, many);
	assert_sorted(node->table);
	for (uint32_t index = 1; index <= many; index += 2) {
		assert_int_equal(table_drop_link(node->table, NSID_HERE, index), 0);
		node->len = 0;
	}
	assert_int_equal(table_view(node->table, NSID_HERE)->link_count, many / 2);
	assert_sorted(node->table);
}

/* veth_dellink() parts the two before they go: the last event says no peer. */
static void dying_pair_still_says_whose_it_was(void **state)
{
	struct node *node = *state;
	struct link parted = veth(7, "h0", 0, 2);

	put(node, NSID_HERE, parted, 1);
	parted.peer_index = 0;
	parted.peer_elsewhere = false;
	parted.peer_nsid = NSID_HERE;
	put(node, NSID_HERE, parted, 2);
	assert_int_equal(table_find(node->table, NSID_HERE, 7)->peer_index, 2);
	assert_int_equal(table_find(node->table, NSID_HERE, 7)->peer_nsid, 0);
}

/* The nsid may be another namespace's at once, so nothing may point there any more. */
static void namespace_that_goes_takes_its_links(void **state)
{
	struct node *node = *state;
	struct link_address address = address_of(2, "10.0.0.1");

	assert_int_equal(table_add_nsid(node->table, 0), 0);
	put(node, NSID_HERE, veth(7, "h0", 0, 2), 1);
	put(node, NSID_HERE, veth(8, "h1", 1, 2), 1);
	put(node, 0, veth(2, "eth0", NSID_HERE, 7), 1);
	assert_int_equal(table_put_address(node->table, 0, &address), 0);
	node->len = 0;
	table_drop_nsid(node->table, 0);
	assert_told(node, "~-1 h0>h0\n-0 eth0\nnsid 0 gone\n");
	assert_null(table_view(node->table, 0));
	assert_int_equal(table_find(node->table, NSID_HERE, 7)->peer_nsid, NSID_HERE);
	assert_true(table_find(node->table, NSID_HERE, 7)->peer_elsewhere);
	assert_int_equal(table_find(node->table, NSID_HERE, 8)->peer_nsid, 1);
	table_drop_nsid(node->table, 0);
	table_drop_nsid(node->table, NSID_HERE);
	assert_told(node, "");
}

static void port_state_comes_from_the_bridge_code(void **state)
{
	struct node *node = *state;
	struct link port = link_of(3, "p0", LINK_OTHER);

	put(node, NSID_HERE, veth(3, "p0", 0, 2), 1);
	port.master = 9;
	port.port_state = PORT_LEARNING;
	assert_int_equal(table_put_port(node->table, NSID_HERE, &port), 0);
	assert_int_equal(table_find(node->table, NSID_HERE, 3)->port_state, PORT_LEARNING);
	assert_int_equal(table_find(node->table, NSID_HERE, 3)->master, 9);
	assert_int_equal(table_find(node->table, NSID_HERE, 3)->kind, LINK_VETH);
	port.index = 4;
	assert_int_equal(table_put_port(node->table, NSID_HERE, &port), -ENOENT);
	assert_told(node, "+-1 p0\n~-1 p0>p0\n");
}

static void addresses_are_kept_sorted_and_once(void **state)
{
	static const char *const texts[] = { "10.0.0.9", "10.0.0.1", "10.0.0.5", "10.0.0.1" };
	struct node *node = *state;
	struct link_address row = address_of(1, "127.0.0.1");

	put(node, NSID_HERE, link_of(2, "eth0", LINK_VETH), 1);
	assert_int_equal(table_put_address(node->table, NSID_HERE, &row), 0);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		row = address_of(2, texts[i]);
		assert_int_equal(table_put_address(node->table, NSID_HERE, &row), 0);
	}
	assert_int_equal(table_view(node->table, NSID_HERE)->address_count, 4);
	assert_sorted(node->table);
	row = address_of(2, "10.0.0.5");
	assert_int_equal(table_drop_address(node->table, NSID_HERE, &row), 0);
	assert_int_equal(table_drop_address(node->table, NSID_HERE, &row), -ENOENT);
	assert_int_equal(table_drop_link(node->table, NSID_HERE, 2), 0);
	assert_int_equal(table_view(node->table, NSID_HERE)->address_count, 1);
}

static void look_tells_the_differences(void **state)
{
	const struct link found[] = { veth(2, "kept", 0, 2), veth(4, "moved", 0, 5), veth(6, "new", 0, 7) };
	struct node *node = *state;

	put(node, NSID_HERE, veth(2, "kept", 0, 2), 100);
	put(node, NSID_HERE, veth(3, "gone", 0, 4), 100);
	put(node, NSID_HERE, veth(4, "moved", 0, 5), 100);
	node->len = 0;
	((struct link *)found)[1].master = 9;
	merge(node, NSID_HERE, found, ARRAY_SIZE(found), true, 200);
	assert_told(node, "--1 gone\n~-1 moved>moved\n+-1 new\n");
	assert_int_equal(table_find(node->table, NSID_HERE, 2)->birth, 100);
	assert_int_equal(table_find(node->table, NSID_HERE, 4)->birth, 100);
	assert_int_equal(table_find(node->table, NSID_HERE, 6)->birth, 200);
	assert_false(table_view(node->table, NSID_HERE)->incomplete);
	merge(node, NSID_HERE, found, ARRAY_SIZE(found), true, 300);
	assert_told(node, "");
}

/* Each of the marks by which a link that was made anew while nobody heard is told from the one before. */
static void look_tells_a_link_made_anew(void **state)
{
	struct node *node = *state;
	struct link found[] = { veth(2, "a", 0, 2), veth(3, "b", 0, 3), veth(4, "c", 0, 4), veth(5, "d", 0, 5),
		                link_of(6, "br0", LINK_BRIDGE) };

	merge(node, NSID_HERE, found, ARRAY_SIZE(found), true, 100);
	node->len = 0;
	(void)snprintf(found[0].name, sizeof(found[0].name), "A");
	found[1].mac[0] = 2;
	found[2].peer_index = 44;
	found[3].kind = LINK_TUN;
	found[4].mac[0] = 2; /* a bridge takes on the address of a port */
	merge(node, NSID_HERE, found, ARRAY_SIZE(found), true, 200);
	assert_told(node, "--1 a\n--1 b\n--1 c\n--1 d\n+-1 A\n+-1 b\n+-1 c\n+-1 d\n~-1 br0>br0\n");
	for (uint32_t index = 2; index <= 5; index++)
		assert_int_equal(table_find(node->table, NSID_HERE, index)->birth, 200);
	assert_int_equal(table_find(node->table, NSID_HERE, 6)->birth, 100);
}

static void event_about_a_replaced_link_ends_the_old_one(void **state)
{
	struct node *node = *state;

	put(node, NSID_HERE, veth(7, "h0", 0, 2), 100);
	put(node, NSID_HERE, veth(7, "h0", 1, 3), 200); /* its peer went into another namespace: the same link */
	assert_int_equal(table_find(node->table, NSID_HERE, 7)->birth, 100);
	put(node, NSID_HERE, veth(7, "h0", 1, 9), 300);
	assert_told(node, "+-1 h0\n~-1 h0>h0\n--1 h0\n+-1 h0\n");
	assert_int_equal(table_find(node->table, NSID_HERE, 7)->birth, 300);
}

static void interrupted_look_takes_nothing_away(void **state)
{
	const struct link found[] = { veth(4, "new", 0, 5) };
	struct node *node = *state;
	struct link_address address = address_of(2, "10.0.0.1");
	int32_t nsid = 7;

	merge(node, NSID_HERE, NULL, 0, true, 50);
	put(node, NSID_HERE, veth(2, "kept", 0, 2), 100);
	assert_int_equal(table_put_address(node->table, NSID_HERE, &address), 0);
	node->len = 0;
	merge(node, NSID_HERE, found, ARRAY_SIZE(found), false, 200);
	assert_told(node, "+-1 new\n");
	assert_int_equal(table_view(node->table, NSID_HERE)->link_count, 2);
	assert_int_equal(table_view(node->table, NSID_HERE)->address_count, 1);
	assert_true(table_view(node->table, NSID_HERE)->incomplete);
	table_begin_round(node->table);
	assert_true(table_next_wanted(node->table, &nsid)); /* and is looked at again */
	assert_int_equal(nsid, NSID_HERE);
	assert_sorted(node->table);
}

static void each_wanted_namespace_comes_once_a_round(void **state)
{
	struct node *node = *state;
	int32_t nsid = 7;

	assert_int_equal(table_add_nsid(node->table, 3), 0);
	table_begin_round(node->table);
	assert_true(table_next_wanted(node->table, &nsid) && nsid == NSID_HERE);
	merge(node, NSID_HERE, NULL, 0, true, 1);
	assert_int_equal(table_add_nsid(node->table, 0), 0); /* met on the way */
	assert_true(table_next_wanted(node->table, &nsid) && nsid == 0);
	assert_true(table_next_wanted(node->table, &nsid) && nsid == 3);
	assert_false(table_next_wanted(node->table, &nsid));
	assert_false(table_looked(node->table, 3));
	merge(node, 0, NULL, 0, true, 1);
	table_mark_incomplete(node->table, 3, false);
	table_begin_round(node->table);
	assert_false(table_next_wanted(node->table, &nsid));
	table_mark_all(node->table);
	table_begin_round(node->table);
	for (int32_t wanted = 0; wanted < 3; wanted++)
		assert_true(table_next_wanted(node->table, &nsid));
	assert_false(table_next_wanted(node->table, &nsid));
	table_drop_nsid(node->table, 3);
	table_drop_nsid(node->table, 0);
	merge(node, NSID_HERE, NULL, 0, true, 2);
	table_begin_round(node->table);
	assert_false(table_next_wanted(node->table, &nsid));
}

static void list_of_nsids_adds_and_drops(void **state)
{
	static const int32_t there[] = { 1, 2, 5 };
	_cleanup_array_ struct array nsids = ARRAY_OF(int32_t);
	struct node *node = *state;

	assert_int_equal(table_add_nsid(node->table, 0), 0);
	assert_int_equal(table_add_nsid(node->table, 2), 0);
	node->len = 0;
	for (size_t i = 0; i < ARRAY_SIZE(there); i++)
		assert_int_equal(array_append(&nsids, &there[i]), 0);
	assert_int_equal(table_sync_nsids(node->table, &nsids), 0);
	assert_told(node, "nsid 0 gone\nnsid 1\nnsid 5\n");
	assert_sorted(node->table);
}

#define TABLE_TEST(f) cmocka_unit_test_setup_teardown(f, make_node, free_node)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TABLE_TEST(link_appears_changes_and_vanishes),
		TABLE_TEST(same_index_in_two_namespaces_is_two_links),
		TABLE_TEST(thousands_in_any_order_stay_sorted),
		TABLE_TEST(dying_pair_still_says_whose_it_was),
		TABLE_TEST(namespace_that_goes_takes_its_links),
		TABLE_TEST(port_state_comes_from_the_bridge_code),
		TABLE_TEST(addresses_are_kept_sorted_and_once),
		TABLE_TEST(look_tells_the_differences),
		TABLE_TEST(look_tells_a_link_made_anew),
		TABLE_TEST(event_about_a_replaced_link_ends_the_old_one),
		TABLE_TEST(interrupted_look_takes_nothing_away),
		TABLE_TEST(each_wanted_namespace_comes_once_a_round),
		TABLE_TEST(list_of_nsids_adds_and_drops),
	};

	return cmocka_run_group_tests_name("link_table", tests, NULL, NULL);
}
