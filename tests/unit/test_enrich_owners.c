/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "unit/node.h"
#include "unit/unit.h"

static void the_first_kind_names_the_row(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	const struct netns *row;

	node_seen(node, 10, NSID_HERE, 7)->name = "cni-1";
	(void)node_owner(node, 10, OWNER_DOCKER, "side");
	(void)node_owner(node, 10, OWNER_DOCKER, "box");
	(void)node_owner(node, 10, OWNER_POD, "shop/web-0");
	(void)node_owner(node, 11, OWNER_DOCKER, "other");
	snap = node_observe(node, NULL);

	row = &snap->namespaces[0];
	assert_string_equal(row->name, "shop/web-0");
	assert_int_equal(row->kind, OWNER_POD);
	assert_int_equal(row->owner_count, 4);
	assert_string_equal(row->owners[1].name, "box");
	assert_string_equal(row->owners[2].name, "side");
	assert_int_equal(row->owners[3].kind, OWNER_NETNS);
	assert_string_equal(row->owners[3].name, "cni-1");
	assert_int_equal(row->owners[3].pid, 7);
}

/* Three of one kind, made in this order: the names say nothing of whose namespace it is. */
static void add_claim(struct node *node, const char *name, bool joined, uint64_t started)
{
	struct owner_seen *seen = &node->owners[node->obs.owner_count];

	(void)node_owner(node, 10, OWNER_DOCKER, name);
	seen->joined = joined;
	seen->started = started;
}

static void who_made_a_namespace_names_it(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	const struct netns *row;

	add_claim(node, "agent", true, 100);
	add_claim(node, "web", false, 0); /* its process is not known */
	add_claim(node, "sidecar", true, 50);
	(void)node_seen(node, 10, NSID_HERE, 7);
	snap = node_observe(node, NULL);

	row = &snap->namespaces[0];
	assert_string_equal(row->name, "web");
	assert_int_equal(row->owner_count, 3);
	assert_string_equal(row->owners[0].name, "web");
	assert_string_equal(row->owners[1].name, "agent");
	assert_string_equal(row->owners[2].name, "sidecar");
}

static void else_the_oldest_process_names_it(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	add_claim(node, "a", true, 0);
	add_claim(node, "b", true, 300);
	add_claim(node, "c", true, 200);
	add_claim(node, "d", true, 200);
	(void)node_seen(node, 10, NSID_HERE, 7);
	snap = node_observe(node, NULL);

	assert_string_equal(snap->namespaces[0].name, "c");
	assert_string_equal(snap->namespaces[0].owners[1].name, "a");
	assert_string_equal(snap->namespaces[0].owners[2].name, "b");
	assert_string_equal(snap->namespaces[0].owners[3].name, "d");
}

/* The engine tells of a container's end before its namespace is gone. */
static struct snapshot *observe_stopped(const struct snapshot *before, const char *other)
{
	struct node *node = node_new();

	(void)node_seen(node, 10, NSID_HERE, 0);
	if (other)
		node_owner(node, 10, OWNER_DOCKER, other)->id = "5678";
	return node_observe(node, before);
}

static struct snapshot *observe_box(void)
{
	struct node *node = node_new();
	struct owner *box = node_owner(node, 10, OWNER_DOCKER, "box");

	box->id = "1234";
	box->pid = 7;
	(void)node_seen(node, 10, NSID_HERE, 7);
	return node_observe(node, NULL);
}

/* Dying, or kept by something: whoever lived in it last, what it counts is not nobody's. */
static void a_deserted_namespace_keeps_its_name(void **state)
{
	static const enum owner_kind kinds[] = { OWNER_DOCKER, OWNER_NETNS, OWNER_PROCESS };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_snapshot_ struct snapshot *lived_in = NULL;
		_cleanup_snapshot_ struct snapshot *deserted = NULL;
		_cleanup_snapshot_ struct snapshot *still = NULL;
		struct node *node = node_new();

		node_owner(node, 10, kinds[i], "box")->pid = 7;
		(void)node_seen(node, 10, NSID_HERE, 7);
		lived_in = node_observe(node, NULL);
		assert_false(lived_in->namespaces[0].owners[0].left);
		lived_in->published = true;
		deserted = observe_stopped(lived_in, NULL);
		deserted->published = true;
		still = observe_stopped(deserted, NULL);
		assert_string_equal(still->namespaces[0].name, "box");
		assert_int_equal(still->namespaces[0].kind, kinds[i]);
		assert_int_equal(still->namespaces[0].owner_count, 1);
		assert_true(still->namespaces[0].owners[0].left);
		assert_int_equal(still->namespaces[0].owners[0].pid, 0);
	}
}

static void another_namespace_of_the_inode_has_no_name_of_the_one_before(void **state)
{
	_cleanup_snapshot_ struct snapshot *box = observe_box();
	_cleanup_snapshot_ struct snapshot *other = NULL;
	struct node *node = node_new();

	node_seen(node, 10, NSID_HERE, 0)->birth = 50 * NODE_SECOND;
	other = node_observe(node, box);
	assert_int_equal(other->namespace_count, 2);
	assert_string_equal(other->namespaces[0].name, "box");
	assert_true(other->namespaces[0].gone);
	assert_string_equal(other->namespaces[1].name, "");
}

/* A name of `ip netns` that a descriptor or a mount of somebody has outlived. */
static void what_outlives_its_name_is_left_behind(void **state)
{
	_cleanup_snapshot_ struct snapshot *named = NULL;
	_cleanup_snapshot_ struct snapshot *left = NULL;
	struct node *node = node_new();
	struct ns_seen *seen = node_seen(node, 10, NSID_HERE, 0);

	seen->name = "blue";
	seen->mount = "/run/netns/blue";
	named = node_observe(node, NULL);
	assert_false(netns_left_behind(&named->namespaces[0]));
	named->published = true;
	node = node_new();
	node_seen(node, 10, NSID_HERE, 0)->holder = "descriptor 3 of sleep (7)";
	left = node_observe(node, named);
	assert_string_equal(left->namespaces[0].name, "blue");
	assert_true(netns_left_behind(&left->namespaces[0]));
}

/* As Podman and CNI name namespaces: the name stays a while longer than the container. */
static struct snapshot *observe_mount(const struct snapshot *before)
{
	struct node *node = node_new();

	node_seen(node, 10, NSID_HERE, 0)->name = "cni-1";
	return node_observe(node, before);
}

static void who_left_is_told_in_one_published_snapshot_more(void **state)
{
	_cleanup_snapshot_ struct snapshot *box = observe_box();
	_cleanup_snapshot_ struct snapshot *stopped = NULL;
	_cleanup_snapshot_ struct snapshot *still = NULL;
	_cleanup_snapshot_ struct snapshot *over = NULL;

	box->published = true;
	stopped = observe_mount(box);
	still = observe_mount(stopped);
	assert_string_equal(still->namespaces[0].name, "box");
	assert_int_equal(still->namespaces[0].owner_count, 2);
	assert_string_equal(still->namespaces[0].owners[0].id, "1234");
	assert_int_equal(still->namespaces[0].owners[0].pid, 0);
	still->published = true;
	over = observe_mount(still);
	assert_string_equal(over->namespaces[0].name, "cni-1");
	assert_int_equal(over->namespaces[0].owner_count, 1);
}

/* Whose it was stays so when all have left. */
static void of_several_who_left_the_first_keeps_the_name(void **state)
{
	_cleanup_snapshot_ struct snapshot *shared = NULL;
	_cleanup_snapshot_ struct snapshot *left = NULL;
	struct node *node = node_new();

	add_claim(node, "agent", true, 100);
	add_claim(node, "web", false, 50);
	(void)node_seen(node, 10, NSID_HERE, 7);
	shared = node_observe(node, NULL);
	shared->published = true;
	left = observe_stopped(shared, NULL);
	assert_string_equal(left->namespaces[0].name, "web");
	assert_int_equal(left->namespaces[0].owner_count, 2);
}

static void who_left_leaves_the_name_to_who_is_there(void **state)
{
	_cleanup_snapshot_ struct snapshot *box = observe_box();
	_cleanup_snapshot_ struct snapshot *other = observe_stopped(box, "other");

	assert_string_equal(other->namespaces[0].name, "other");
	assert_int_equal(other->namespaces[0].owner_count, 2);
	assert_string_equal(other->namespaces[0].owners[1].name, "box");
}

static void a_new_name_is_nobody_who_left(void **state)
{
	_cleanup_snapshot_ struct snapshot *box = observe_box();
	_cleanup_snapshot_ struct snapshot *renamed = NULL;
	struct node *node = node_new();

	node_owner(node, 10, OWNER_DOCKER, "crate")->id = "1234";
	(void)node_seen(node, 10, NSID_HERE, 7);
	renamed = node_observe(node, box);
	assert_string_equal(renamed->namespaces[0].name, "crate");
	assert_int_equal(renamed->namespaces[0].owner_count, 1);
}

static void all_an_engine_told_of_an_owner_is_kept(void **state)
{
	static char image[] = "busybox:1";
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	struct owner *owner = node_owner(node, 10, OWNER_POD, "shop/web-0");

	owner->id = "0c3ff02115a4";
	owner->image = image;
	owner->pod_name = "web-0";
	owner->pod_namespace = "shop";
	owner->pid = 42;
	(void)node_seen(node, 10, NSID_HERE, 42);
	snap = node_observe(node, NULL);
	memset(image, 'x', sizeof(image) - 1); /* the observer's memory is its own again */

	assert_string_equal(snap->namespaces[0].owners[0].id, "0c3ff02115a4");
	assert_string_equal(snap->namespaces[0].owners[0].image, "busybox:1");
	assert_string_equal(snap->namespaces[0].owners[0].pod_name, "web-0");
	assert_string_equal(snap->namespaces[0].owners[0].pod_namespace, "shop");
	assert_int_equal(snap->namespaces[0].owners[0].pid, 42);
}

static void only_who_has_no_other_owner_belongs_to_its_oldest_process(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	(void)strcpy(node_seen(node, 10, NSID_HERE, 7)->comm, "nginx");
	(void)strcpy(node_seen(node, 20, NSID_HERE, 8)->comm, "sleep");
	(void)node_owner(node, 20, OWNER_DOCKER, "box");
	node_seen(node, 30, NSID_HERE, 9)->name = "blue";
	/* a comm of 16 bytes without a NUL */
	memset(node_seen(node, 40, NSID_HERE, 10)->comm, 'c', 16);
	snap = node_observe(node, NULL);

	assert_int_equal(node_row(snap, 10)->kind, OWNER_PROCESS);
	assert_string_equal(node_row(snap, 10)->name, "nginx");
	assert_int_equal(node_row(snap, 10)->owners[0].pid, 7);
	assert_int_equal(node_row(snap, 20)->owner_count, 1);
	assert_int_equal(node_row(snap, 30)->owner_count, 1);
	assert_int_equal(node_row(snap, 30)->kind, OWNER_NETNS);
	assert_string_equal(node_row(snap, 40)->name, "cccccccccccccccc");
}

static void nobody_is_nobody(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	node_seen(node, 10, NSID_HERE, 0)->name = "";
	snap = node_observe(node, NULL);
	assert_int_equal(snap->namespaces[0].kind, OWNER_NONE);
	assert_string_equal(snap->namespaces[0].name, "");
	assert_int_equal(snap->namespaces[0].owner_count, 0);
	assert_false(snap->namespaces[0].held);
	assert_string_equal(snap->namespaces[0].held_by, "");
}

static void a_container_without_a_name_is_called_by_its_short_id(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	node_owner(node, 10, OWNER_CONTAINERD, "")->id = "0c3ff02115a4deadbeef";
	node_owner(node, 20, OWNER_CONTAINERD, NULL)->id = "c1";
	(void)node_seen(node, 10, NSID_HERE, 1);
	(void)node_seen(node, 20, NSID_HERE, 1);
	snap = node_observe(node, NULL);
	assert_string_equal(node_row(snap, 10)->name, "0c3ff02115a4");
	assert_string_equal(node_row(snap, 20)->name, "c1");
}

static void an_owner_told_twice_is_one(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	for (int i = 0; i < 3; i++) {
		node_owner(node, 10, OWNER_DOCKER, "box")->id = "0c3f";
		node_owner(node, 10, OWNER_DOCKER, "box")->id = "1111";
	}
	(void)node_seen(node, 10, NSID_HERE, 1);
	snap = node_observe(node, NULL);
	assert_int_equal(snap->namespaces[0].owner_count, 2);
	assert_string_equal(snap->namespaces[0].owners[0].id, "0c3f");
	assert_string_equal(snap->namespaces[0].owners[1].id, "1111");
}

static void without_a_process_a_mount_holds_it(void **state)
{
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	struct ns_seen *seen = node_seen(node, 10, NSID_HERE, 0);

	seen->name = "blue";
	seen->mount = "/run/netns/bl\nue";
	node_seen(node, 20, NSID_HERE, 5)->mount = "/run/netns/green";
	node_seen(node, 30, NSID_HERE, 0)->mount = "/run/docker/netns/0c3f";
	node_owner(node, 30, OWNER_DOCKER, "box")->pid = 99;
	node_seen(node, 40, NSID_HERE, 0)->mount = "/run/docker/netns/dead";
	(void)node_owner(node, 40, OWNER_DOCKER, "stopped");
	snap = node_observe(node, NULL);

	assert_true(node_row(snap, 10)->held);
	assert_string_equal(node_row(snap, 10)->held_by, "mount /run/netns/bl?ue");
	assert_string_equal(node_row(snap, 10)->name, "blue");
	assert_int_equal(node_row(snap, 10)->kind, OWNER_NETNS);
	assert_false(node_row(snap, 20)->held);
	assert_string_equal(node_row(snap, 20)->held_by, "");
	assert_false(node_row(snap, 30)->held);
	assert_true(node_row(snap, 40)->held);
	assert_int_equal(snap->held, 2);
	assert_int_equal(snap->alive, 4);
}

static void hostile_text_is_cleaned_and_bounded(void **state)
{
	static char huge[100000];
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();
	struct ns_seen *seen = node_seen(node, 10, NSID_HERE, 0);
	const struct netns *row;

	/* three bytes a character: a cut at any bound that is no multiple of three would go through one */
	for (size_t i = 0; i + 3 < sizeof(huge); i += 3)
		memcpy(huge + i, "\xe6\x97\xa5", 3);
	seen->name = huge;
	seen->mount = huge;
	(void)node_owner(node, 10, OWNER_DOCKER, "b\xff\x1b]0;x\ao\nx");
	snap = node_observe(node, NULL);

	row = &snap->namespaces[0];
	assert_string_equal(row->name, "b??]0;x?o?x");
	assert_int_equal(strlen(row->owners[1].name), 255);
	assert_null(strchr(row->owners[1].name, '?'));
	assert_true(strlen(row->held_by) < OWNER_TEXT_MAX);
	assert_true(text_is_utf8(row->held_by, strlen(row->held_by)));
}

static void sources_losses_and_life_are_carried_through(void **state)
{
	char state_text[] = "tcx";
	const struct source sources[] = {
		{ .name = "traffic", .state = state_text, .detail = "", .up = true },
		{ .name = "docker", .state = "failed", .detail = "no permission", .incomplete = true },
	};
	const struct loss losses[] = { { "no_row", 3 }, { "events", 0 } };
	_cleanup_snapshot_ struct snapshot *snap = NULL;
	struct node *node = node_new();

	node->obs.sources = sources;
	node->obs.source_count = 2;
	node->obs.losses = losses;
	node->obs.loss_count = 2;
	node->obs.duration = 0.25;
	node->obs.lifecycle.created = 12;
	node->obs.lifecycle.setup.bucket[3] = 4;
	snap = node_observe(node, NULL);
	(void)strcpy(state_text, "xxx");

	assert_int_equal(snap->source_count, 2);
	assert_string_equal(snap->sources[0].state, "tcx");
	assert_true(snap->sources[0].up && !snap->sources[0].incomplete);
	assert_string_equal(snap->sources[1].detail, "no permission");
	assert_true(snap->sources[1].incomplete);
	assert_int_equal(snap->loss_count, 2);
	assert_string_equal(snap->losses[0].what, "no_row");
	assert_int_equal(snap->losses[0].count, 3);
	assert_true(snap->duration == 0.25);
	assert_int_equal(snap->lifecycle.created, 12);
	assert_int_equal(snap->lifecycle.setup.bucket[3], 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_kind_names_the_row),
		cmocka_unit_test(who_made_a_namespace_names_it),
		cmocka_unit_test(else_the_oldest_process_names_it),
		cmocka_unit_test(a_deserted_namespace_keeps_its_name),
		cmocka_unit_test(another_namespace_of_the_inode_has_no_name_of_the_one_before),
		cmocka_unit_test(what_outlives_its_name_is_left_behind),
		cmocka_unit_test(who_left_is_told_in_one_published_snapshot_more),
		cmocka_unit_test(of_several_who_left_the_first_keeps_the_name),
		cmocka_unit_test(who_left_leaves_the_name_to_who_is_there),
		cmocka_unit_test(a_new_name_is_nobody_who_left),
		cmocka_unit_test(all_an_engine_told_of_an_owner_is_kept),
		cmocka_unit_test(only_who_has_no_other_owner_belongs_to_its_oldest_process),
		cmocka_unit_test(nobody_is_nobody),
		cmocka_unit_test(a_container_without_a_name_is_called_by_its_short_id),
		cmocka_unit_test(an_owner_told_twice_is_one),
		cmocka_unit_test(without_a_process_a_mount_holds_it),
		cmocka_unit_test(hostile_text_is_cleaned_and_bounded),
		cmocka_unit_test(sources_losses_and_life_are_carried_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
