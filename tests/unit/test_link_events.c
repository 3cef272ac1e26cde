/* SPDX-License-Identifier: GPL-2.0-only */
/* Recorded events, applied to the tables as they were before: tests/fixtures/netlink/record.py says what happened. */
#include "netlink_fixture.h"

#include "observe/netlink/address_parse.h"
#include "observe/netlink/link_parse.h"
#include "observe/netlink/nsid.h"
#include "observe/netlink/table.h"

#define BEFORE 100 /* births */
#define AFTER  200
#define SELF   2 /* the nsid that the recording namespace had for itself */

static void load_dumps(struct table *table, int32_t nsid, const char *name)
{
	_cleanup_array_ struct array links = ARRAY_OF(struct link);
	_cleanup_array_ struct array addresses = ARRAY_OF(struct link_address);
	static const char *const kinds[] = { "links", "addresses" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_recording_ struct recording recording = { NULL, 0 };
		const struct nlmsghdr *nlh;
		char file[64];
		size_t at = 0;

		(void)snprintf(file, sizeof(file), "%s.%s", name, kinds[i]);
		recording = recording_load(file);
		while ((nlh = recording_next(&recording, &at))) {
			struct address_message address;
			struct link_message link;

			if (link_parse(nlh, &link) == 0)
				assert_int_equal(array_append(&links, &link.link), 0);
			else if (address_parse(nlh, &address) == 0)
				assert_int_equal(array_append(&addresses, &address.row), 0);
		}
	}
	array_sort(&links, link_compare);
	array_sort(&addresses, link_address_compare);
	assert_int_equal(table_add_nsid(table, nsid), 0);
	assert_int_equal(table_merge(table, nsid, &links, &addresses, true, BEFORE), 0);
}

/* As the wiring does, but for what it has to ask the kernel. */
static void apply(struct table *table, int32_t nsid, const struct nlmsghdr *nlh)
{
	struct address_message address;
	struct nsid_message other;
	struct link_message link;

	if (link_parse(nlh, &link) == 0 && link.port_only) {
		if (!link.gone && link.link.port_state != PORT_NONE)
			(void)table_put_port(table, nsid, &link.link);
	} else if (link_parse(nlh, &link) == 0) {
		(void)(link.gone ? table_drop_link(table, nsid, link.link.index)
		                 : table_put_link(table, nsid, &link.link, AFTER));
	} else if (address_parse(nlh, &address) == 0) {
		(void)(address.gone ? table_drop_address(table, nsid, &address.row)
		                    : table_put_address(table, nsid, &address.row));
	} else if (nsid_parse(nlh, &other) == 0 && other.gone && nsid == NSID_HERE) {
		table_drop_nsid(table, other.nsid);
	}
}

static void apply_all(struct table *table, const struct recording *events)
{
	size_t at = 0;

	while (at < events->len) {
		const struct nlmsghdr *nlh;
		int32_t nsid;
		uint32_t len;
		size_t end;

		memcpy(&nsid, events->data + at, sizeof(nsid));
		memcpy(&len, events->data + at + sizeof(nsid), sizeof(len));
		at += sizeof(nsid) + sizeof(len);
		end = at + len;
		assert_true(end <= events->len);
		while (at < end && (nlh = recording_next(events, &at)))
			apply(table, nsid == SELF ? NSID_HERE : nsid, nlh);
	}
}

static int replay(void **state)
{
	_cleanup_recording_ struct recording events = recording_load("events");
	const struct wiring_callbacks nobody = { NULL, NULL, NULL, NULL };
	struct table *table;

	assert_int_equal(table_new(&nobody, &table), 0);
	load_dumps(table, NSID_HERE, "here");
	load_dumps(table, 0, "a");
	load_dumps(table, 1, "b");
	apply_all(table, &events);
	*state = table;
	return 0;
}

static int free_table(void **state)
{
	table_free(*state);
	return 0;
}

static const struct link *named(const struct table *table, int32_t nsid, const char *name)
{
	const struct ns_links *view = table_view(table, nsid);

	for (size_t i = 0; view && i < view->link_count; i++)
		if (strcmp(view->links[i].name, name) == 0)
			return &view->links[i];
	return NULL;
}

static bool has_address(const struct table *table, int32_t nsid, const char *wanted)
{
	const struct ns_links *view = table_view(table, nsid);
	char text[64];

	for (size_t i = 0; view && i < view->address_count; i++) {
		address_format(&view->addresses[i].address, text, sizeof(text));
		if (strcmp(text, wanted) == 0)
			return true;
	}
	return false;
}

static void renamed_link_is_the_same_one(void **state)
{
	assert_null(named(*state, NSID_HERE, "h0"));
	assert_int_equal(named(*state, NSID_HERE, "host0")->index, 40);
	assert_int_equal(named(*state, NSID_HERE, "host0")->birth, BEFORE);
}

static void port_outlives_its_bridge(void **state)
{
	assert_null(named(*state, NSID_HERE, "br0"));
	assert_int_equal(named(*state, NSID_HERE, "host0")->master, 0);
	assert_int_equal(named(*state, NSID_HERE, "host0")->port_state, PORT_NONE);
}

static void moved_link_left_and_arrived(void **state)
{
	assert_null(named(*state, NSID_HERE, "p1"));
	assert_int_equal(named(*state, 0, "eth1")->index, 100);
	assert_int_equal(named(*state, 0, "eth1")->birth, AFTER);
}

static void addresses_inside_came_and_went(void **state)
{
	assert_true(has_address(*state, 0, "172.30.0.2/16"));
	assert_true(has_address(*state, 0, "172.30.0.9/16"));
	assert_false(has_address(*state, 0, "fd00::2/64"));
	assert_false(has_address(*state, NSID_HERE, "172.30.0.1/16")); /* with br0 */
}

static void dead_namespace_and_its_pair_are_gone(void **state)
{
	assert_null(table_view(*state, 1));
	assert_null(named(*state, NSID_HERE, "h1"));
	assert_non_null(named(*state, 0, "eth0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(renamed_link_is_the_same_one),
		cmocka_unit_test(port_outlives_its_bridge),
		cmocka_unit_test(moved_link_left_and_arrived),
		cmocka_unit_test(addresses_inside_came_and_went),
		cmocka_unit_test(dead_namespace_and_its_pair_are_gone),
	};

	return cmocka_run_group_tests_name("link_events", tests, replay, free_table);
}
