/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose a port and an address are, and how bridges look: two bridges made by hand, each row there for one thing. */
#include <arpa/inet.h>
#include <jansson.h>

#include "base/arena.h"
#include "model/bridge_detail.h"
#include "render/bridge_table.h"
#include "unit/golden.h"
#include "unit/render_fixture.h"
#include "unit/unit.h"

#define DOCKER0 2 /* index of docker0 */
#define OTHER   3 /* of a bridge without a port */

static const uint8_t box_mac[6] = { 0x02, 0x42, 0, 0, 0, 5 };
static const uint8_t twin_mac[6] = { 0x02, 0x42, 0, 0, 0, 9 };
static const uint8_t port_mac[6] = { 0x1e, 0x88, 0xb6, 0xa0, 0xf0, 0x2c };
static const uint8_t bridge_mac[6] = { 0x02, 0x42, 0xac, 0x11, 0, 1 };
static const uint8_t far_mac[6] = { 0x52, 0x54, 0, 0, 0, 1 };

struct scene {
	struct snapshot snap;
	struct netns namespaces[4];
	struct interface links[4];
	struct owner owners[2];
	struct bridge bridge;
	struct address address;
	struct bridge_look look;
	struct arena arena;
	struct bridge_view *views;
	size_t count;
};

static void add_container(struct scene *scene, size_t at, const char *name, const uint8_t mac[6], uint32_t host)
{
	char host_name[IFNAMSIZ];

	(void)snprintf(host_name, sizeof(host_name), "veth%u", host);
	scene->links[at] = fixture_veth("eth0", 2, host_name, host);
	memcpy(scene->links[at].mac, mac, 6);
	fixture_name(scene->links[at].bridge, "docker0");
	scene->namespaces[at] = (struct netns){ .inode = 4026532000 + at, .name = name, .kind = OWNER_DOCKER };
	scene->namespaces[at].interfaces = &scene->links[at];
	scene->namespaces[at].interface_count = 1;
}

static void add_bridge(struct scene *scene, uint32_t index, const char *name, bool stp)
{
	struct bridge_settings bridge = { .index = index,
		                          .has_mac = true,
		                          .up = !stp,
		                          .mtu = 1500,
		                          .stp = stp,
		                          .ageing = 30000,
		                          .forward_delay = 1500 };

	fixture_name(bridge.name, name);
	memcpy(bridge.mac, bridge_mac, 6);
	memcpy(bridge.id.mac, bridge_mac, 6);
	bridge.id.priority = 0x8000;
	bridge.root = bridge.id;
	bridge.root.priority = 0x1000;
	bridge.root_cost = stp ? 4 : 0;
	bridge.root_port = stp ? 2 : 0;
	bridge.vlan_filtering = bridge.multicast_snooping = !stp;
	bridge.default_pvid = 1;
	assert_int_equal(array_append(&scene->look.bridges, &bridge), 0);
}

static void add_port(struct scene *scene, uint32_t index, uint16_t number, enum port_state state, uint32_t flags)
{
	struct bridge_port port = {
		.index = index, .bridge = DOCKER0, .state = state, .number = number, .priority = 32, .cost = 2
	};

	(void)snprintf(port.name, sizeof(port.name), "veth%u", index);
	port.flags = port_flags_usual() ^ flags;
	port.has_stats = index != 40;
	port.stats = (struct device_stats){ 10, 1800000, 20, 3600, 1, 2 };
	assert_int_equal(array_append(&scene->look.ports, &port), 0);
}

static void add_entry(struct scene *scene, uint32_t port, uint16_t vlan, const uint8_t mac[6], enum fdb_kind kind)
{
	struct fdb_entry entry = { .bridge = DOCKER0, .port = port, .vlan = vlan, .kind = kind, .aged = true };

	memcpy(entry.mac, mac, 6);
	entry.updated = 4250;
	entry.used = 120;
	entry.sticky = kind == FDB_STATIC;
	if (kind == FDB_REMOTE) {
		entry.bridge = 0;
		entry.remote = fixture_v4(10, 0, 0, 9, 32);
	}
	assert_int_equal(array_append(&scene->look.entries, &entry), 0);
}

static void fill_look(struct scene *scene)
{
	const struct bridge_vlan vlans[] = { { DOCKER0, 1, 1, true, true },
		                             { 5, 1, 1, true, true },
		                             { 5, 10, 20, false, false } };
	const struct fdb_count counts[] = { { .port = DOCKER0, .of = { [FDB_PERMANENT] = 1 }, .kept = 1 },
		                            { .port = 5, .of = { 1, 1, 1, 0, 0 }, .kept = 3 },
		                            { .port = 6, .of = { [FDB_LEARNED] = 1 }, .kept = 1 },
		                            { .port = 40, .of = { 100002, 0, 0, 1, 1 }, .kept = 4 } };

	scene->look = (struct bridge_look){ ARRAY_OF(struct bridge_settings), ARRAY_OF(struct bridge_port),
		                            ARRAY_OF(struct bridge_vlan),     ARRAY_OF(struct fdb_count),
		                            ARRAY_OF(struct fdb_entry),       true };
	add_bridge(scene, DOCKER0, "docker0", false);
	add_bridge(scene, OTHER, "br-other", true);
	add_port(scene, 5, 1, PORT_FORWARDING, 0);
	add_port(scene, 6, 2, PORT_BLOCKING, 1U << PORT_FLAG_ISOLATED | 1U << PORT_FLAG_LEARNING);
	add_port(scene, 40, 3, PORT_NONE, 0);
	for (size_t i = 0; i < ARRAY_SIZE(vlans); i++)
		assert_int_equal(array_append(&scene->look.vlans, &vlans[i]), 0);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		assert_int_equal(array_append(&scene->look.counts, &counts[i]), 0);
	add_entry(scene, DOCKER0, 0, bridge_mac, FDB_PERMANENT);
	add_entry(scene, 5, 1, box_mac, FDB_LEARNED);
	add_entry(scene, 5, 1, port_mac, FDB_PERMANENT);
	add_entry(scene, 5, 10, far_mac, FDB_STATIC);
	add_entry(scene, 6, 0, twin_mac, FDB_LEARNED);
	add_entry(scene, 40, 0, box_mac, FDB_LEARNED); /* box's address behind another port */
	add_entry(scene, 40, 0, twin_mac, FDB_LEARNED);
	add_entry(scene, 40, 0, far_mac, FDB_EXTERN);
	add_entry(scene, 40, 0, far_mac, FDB_REMOTE);
	add_entry(scene, 77, 0, far_mac, FDB_LEARNED); /* a port that nobody told of */
	array_sort(&scene->look.entries, fdb_compare);
}

static void scene_make(struct scene *scene)
{
	*scene = (struct scene){ .arena = ARENA_INIT };
	add_container(scene, 0, "box", box_mac, 5);
	add_container(scene, 1, "", twin_mac, 6); /* nobody known */
	add_container(scene, 2, "twin", twin_mac, 7);
	add_container(scene, 3, "old", box_mac, 5); /* gone: had box's port and address before */
	scene->namespaces[3].gone = true;
	scene->owners[0] = (struct owner){ .kind = OWNER_DOCKER, .name = "box" };
	scene->owners[1] = (struct owner){ .kind = OWNER_DOCKER, .name = "side" };
	scene->namespaces[0].owners = scene->owners;
	scene->namespaces[0].owner_count = 2;
	scene->address = fixture_v4(172, 17, 0, 1, 16);
	scene->bridge = (struct bridge){
		.name = "docker0", .index = DOCKER0, .addresses = &scene->address, .address_count = 1
	};
	scene->snap = (struct snapshot){ .observing_inode = FIXTURE_OBSERVING,
		                         .namespaces = scene->namespaces,
		                         .namespace_count = 4,
		                         .bridges = &scene->bridge,
		                         .bridge_count = 1 };
	fill_look(scene);
	assert_int_equal(bridge_detail_build(&scene->snap, &scene->look, &scene->arena, &scene->views, &scene->count),
	                 0);
	assert_int_equal(scene->count, 2);
}

static void scene_free(struct scene *scene)
{
	bridge_look_free(&scene->look);
	arena_free(&scene->arena);
}
#define _cleanup_scene_ _cleanup_(scene_free)

static const struct fdb_view *entry_of(const struct bridge_view *view, uint32_t port, const uint8_t mac[6])
{
	for (size_t i = 0; i < view->entry_count; i++)
		if (view->entries[i].entry->port == port && memcmp(view->entries[i].entry->mac, mac, 6) == 0)
			return &view->entries[i];
	fail_msg("no such entry");
	return NULL;
}

static void a_port_is_the_containers_whose_host_end_it_is(void **state)
{
	_cleanup_scene_ struct scene scene;

	scene_make(&scene);
	assert_int_equal(scene.views[0].port_count, 3);
	assert_ptr_equal(scene.views[0].ports[0].of.ns, &scene.namespaces[0]);
	assert_ptr_equal(scene.views[0].ports[1].of.ns, &scene.namespaces[1]);
	assert_int_equal(scene.views[0].ports[2].of.whose, WHOSE_NOBODY_KNOWN);
	assert_int_equal(scene.views[1].port_count, 0);
}

static void an_address_is_the_containers_that_has_it_and_nobody_elses(void **state)
{
	_cleanup_scene_ struct scene scene;
	const struct bridge_view *view;

	scene_make(&scene);
	view = &scene.views[0];
	assert_ptr_equal(entry_of(view, 5, box_mac)->of.ns, &scene.namespaces[0]);
	assert_ptr_equal(entry_of(view, 40, box_mac)->of.ns, &scene.namespaces[0]);   /* the only one with it */
	assert_int_equal(entry_of(view, 40, twin_mac)->of.whose, WHOSE_NOBODY_KNOWN); /* two have it */
	assert_ptr_equal(entry_of(view, 6, twin_mac)->of.ns, &scene.namespaces[1]);   /* behind whose port it is */
	assert_int_equal(entry_of(view, 40, far_mac)->of.whose, WHOSE_NOBODY_KNOWN);
	assert_int_equal(entry_of(view, 5, port_mac)->of.whose, WHOSE_PORT);
	assert_int_equal(entry_of(view, DOCKER0, bridge_mac)->of.whose, WHOSE_BRIDGE);
}

static void vlans_counts_and_addresses_are_each_ports_own(void **state)
{
	_cleanup_scene_ struct scene scene;
	const struct bridge_view *view;

	scene_make(&scene);
	view = &scene.views[0];
	assert_int_equal(view->vlan_count, 1);
	assert_int_equal(view->ports[0].vlan_count, 2);
	assert_int_equal(view->ports[1].vlan_count, 0);
	assert_int_equal(view->ports[2].fdb.of[FDB_LEARNED], 100002);
	assert_int_equal(view->own.of[FDB_PERMANENT], 1);
	assert_int_equal(view->left_out, 100000);
	assert_int_equal(view->entry_count, 9); /* not that of the unknown port */
	assert_int_equal(view->address_count, 1);
	assert_int_equal(scene.views[1].address_count, 0);
}

static void bridges_look_as_they_should(void **state)
{
	_cleanup_buf_ struct buf table = BUF_INIT, detail = BUF_INIT, json = BUF_INIT;
	_cleanup_scene_ struct scene scene;
	json_t *read;

	scene_make(&scene);
	assert_int_equal(bridge_table_render(scene.views, scene.count, &table), 0);
	assert_true(golden_is("bridges.txt", &table));
	assert_int_equal(bridge_detail_render(&scene.views[0], &detail), 0);
	assert_int_equal(bridge_detail_render(&scene.views[1], &detail), 0);
	assert_true(golden_is("bridge.txt", &detail));
	assert_int_equal(bridge_json_render(scene.views, 1, FIXTURE_OBSERVING, true, &json), 0);
	assert_true(golden_is("bridge.json", &json));
	read = json_loadb(json.data, json.len, 0, NULL);
	assert_non_null(read);
	json_decref(read);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_is_the_containers_whose_host_end_it_is),
		cmocka_unit_test(an_address_is_the_containers_that_has_it_and_nobody_elses),
		cmocka_unit_test(vlans_counts_and_addresses_are_each_ports_own),
		cmocka_unit_test(bridges_look_as_they_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
