/* SPDX-License-Identifier: GPL-2.0-only */
/* What probes, rtnetlink and looks tell, as events for people. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "unit.h"

#include "base/cleanup.h"
#include "observe/happenings.h"

/* The events told, and one line for each: "joined 7 eth0(3) docker0(2) box". */
struct told {
	struct event events[4];
	size_t count;
	char text[512];
};

static void note(void *context, const struct event *event)
{
	const struct lifecycle_event *what = &event->what;
	struct told *told = context;
	size_t len = strlen(told->text);

	assert_true(told->count < ARRAY_SIZE(told->events));
	told->events[told->count++] = *event;
	(void)snprintf(told->text + len, sizeof(told->text) - len, "%s %llu %s(%u) %s(%u) %s\n",
	               lifecycle_kind_name(what->kind), (unsigned long long)what->inode, what->name, what->ifindex,
	               what->other_name, what->other_ifindex, event->owner);
}

static struct happenings listener(struct told *told)
{
	*told = (struct told){ .count = 0 };
	return (struct happenings){ note, told };
}

/* Two lives of one inode, then another; sorted as a snapshot is. */
static const struct snapshot *known(void)
{
	static const struct netns namespaces[] = {
		{ .inode = 0, .name = "nowhere" },
		{ .inode = 5, .birth = 1, .name = "first" },
		{ .inode = 7, .birth = 1, .name = "dead", .gone = true },
		{ .inode = 7, .birth = 9, .name = "box" },
		{ .inode = 8, .birth = 1, .name = "last" },
	};
	static const struct snapshot snap = { .namespaces = namespaces, .namespace_count = ARRAY_SIZE(namespaces) };

	return &snap;
}

static double seconds(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The probe says when by the time since boot; a person is told by the wall clock. */
static void a_probe_is_told_with_its_own_time(void **state)
{
	bool close = false;

	/* two clocks cannot be read at once, and anything may come between: once in a hundred times nothing does */
	for (int i = 0; i < 100 && !close; i++) {
		double boot = seconds(CLOCK_BOOTTIME);
		double wall = seconds(CLOCK_REALTIME);
		const struct lifecycle_event what = { .kind = CTNET_RENAMED,
			                              .inode = 7,
			                              .pid = 812,
			                              .cookie = 3,
			                              .time = (uint64_t)((boot - 2.5) * 1e9) };
		struct told told;
		struct happenings happenings = listener(&told);

		happenings_probe(&happenings, &what, known());
		assert_int_equal(told.count, 1);
		assert_true(told.events[0].exact);
		assert_memory_equal(&told.events[0].what, &what, sizeof(what));
		assert_string_equal(told.events[0].owner, "box");
		close = fabs(told.events[0].time - (wall - 2.5)) < 0.01;
	}
	assert_true(close);
}

static const char *owner_told(const struct lifecycle_event *what)
{
	static struct told told;
	struct happenings happenings = listener(&told);

	happenings_probe(&happenings, what, known());
	assert_int_equal(told.count, 1);
	return told.events[0].owner;
}

static void the_owner_is_the_living_of_its_inode(void **state)
{
	static const struct {
		uint64_t inode;
		const char *owner;
	} cases[] = { { 5, "first" }, { 7, "box" }, { 8, "last" }, { 6, "" }, { 9, "" }, { 1, "" }, { 0, "" } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(owner_told(&(struct lifecycle_event){ .kind = CTNET_RENAMED,
		                                                          .inode = cases[i].inode }),
		                    cases[i].owner);
}

/* Inode 7 lived twice, born at 1 and at 9. */
static void a_namespace_never_gets_the_name_of_another_of_its_inode(void **state)
{
	static const struct {
		enum ctnet_event_kind kind;
		uint64_t birth;
		const char *owner;
	} cases[] = {
		{ CTNET_DESTROYED, 1, "dead" }, { CTNET_DESTROYED, 9, "box" }, { CTNET_CREATED, 10, "" },
		{ CTNET_JOINED, 10, "" },       { CTNET_CREATED, 0, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(owner_told(&(struct lifecycle_event){
					    .kind = cases[i].kind, .inode = 7, .birth = cases[i].birth }),
		                    cases[i].owner);
}

static void before_the_first_snapshot_nobody_is_known(void **state)
{
	static const struct snapshot empty = { .namespace_count = 0 };
	struct told told;
	struct happenings happenings = listener(&told);

	happenings_census(&happenings, true, 7, NULL);
	happenings_census(&happenings, false, 7, &empty);
	assert_string_equal(told.text, "created 7 (0) (0) \ndestroyed 7 (0) (0) \n");
	assert_false(told.events[0].exact);
}

static void nobody_listens_and_nothing_happens(void **state)
{
	const struct happenings deaf = { .tell = NULL };
	const struct lifecycle_event what = { .kind = CTNET_DYING };
	const struct link link = { .index = 3 };

	happenings_probe(&deaf, &what, known());
	happenings_census(&deaf, true, 7, known());
	happenings_link(&deaf, &(struct link_happening){ .change = LINK_APPEARED, .inode = 7, .link = &link }, known());
}

static const struct link eth0 = { .index = 3, .name = "eth0" };
static const struct link port = { .index = 3, .name = "eth0", .master = 2 };
static const struct link other_port = { .index = 3, .name = "eth0", .master = 4 };
static const struct link renamed = { .index = 3, .name = "net0" };
static const struct link renamed_port = { .index = 3, .name = "net0", .master = 2 };
static const struct link docker0 = { .index = 2, .name = "docker0" };
static const struct link br1 = { .index = 4, .name = "br1" };

static void each_change_of_a_link_is_told(void **state)
{
	static const struct {
		enum link_change change;
		const struct link *old, *link, *old_bridge, *bridge;
		const char *told;
	} cases[] = {
		{ LINK_APPEARED, NULL, &eth0, NULL, NULL, "registered 7 eth0(3) (0) box\n" },
		{ LINK_APPEARED, NULL, &port, NULL, &docker0,
		  "registered 7 eth0(3) (0) box\njoined 7 eth0(3) docker0(2) box\n" },
		{ LINK_VANISHED, NULL, &eth0, NULL, NULL, "unregistered 7 eth0(3) (0) box\n" },
		{ LINK_VANISHED, NULL, &port, NULL, &docker0, "unregistered 7 eth0(3) (0) box\n" },
		{ LINK_CHANGED, &eth0, &eth0, NULL, NULL, "" },
		{ LINK_CHANGED, &port, &port, &docker0, &docker0, "" },
		{ LINK_CHANGED, &eth0, &renamed, NULL, NULL, "renamed 7 net0(3) eth0(0) box\n" },
		{ LINK_CHANGED, &eth0, &port, NULL, &docker0, "joined 7 eth0(3) docker0(2) box\n" },
		{ LINK_CHANGED, &port, &eth0, &docker0, NULL, "left 7 eth0(3) docker0(2) box\n" },
		{ LINK_CHANGED, &port, &other_port, &docker0, &br1,
		  "left 7 eth0(3) docker0(2) box\njoined 7 eth0(3) br1(4) box\n" },
		{ LINK_CHANGED, &eth0, &renamed_port, NULL, &docker0,
		  "renamed 7 net0(3) eth0(0) box\njoined 7 net0(3) docker0(2) box\n" },
		/* the bridge went before its port was told to have left it */
		{ LINK_CHANGED, &port, &eth0, NULL, NULL, "" },
	};
	struct told told;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct happenings happenings = listener(&told);

		const struct link_happening happening = {
			cases[i].change, 7, cases[i].old, cases[i].link, cases[i].old_bridge, cases[i].bridge,
		};

		happenings_link(&happenings, &happening, known());
		assert_string_equal(told.text, cases[i].told);
		for (size_t e = 0; e < told.count; e++) {
			assert_false(told.events[e].exact);
			assert_true(told.events[e].what.time > 0);
			assert_true(fabs(told.events[e].time - seconds(CLOCK_REALTIME)) < 60);
		}
	}
}

/* The kernel takes nearly any bytes as a name, and all 16 of the field may be in use. */
static void names_are_cleaned(void **state)
{
	struct link before = { .index = 3 };
	struct link after = { .index = 3, .name = "\x1b[2J\xff" };
	struct told told;
	struct happenings happenings = listener(&told);

	memset(before.name, 'x', sizeof(before.name));
	happenings_link(&happenings,
	                &(struct link_happening){ .change = LINK_CHANGED, .inode = 7, .old = &before, .link = &after },
	                NULL);
	assert_string_equal(told.text, "renamed 7 ?[2J?(3) xxxxxxxxxxxxxxx(0) \n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_probe_is_told_with_its_own_time),
		cmocka_unit_test(the_owner_is_the_living_of_its_inode),
		cmocka_unit_test(a_namespace_never_gets_the_name_of_another_of_its_inode),
		cmocka_unit_test(before_the_first_snapshot_nobody_is_known),
		cmocka_unit_test(nobody_listens_and_nothing_happens),
		cmocka_unit_test(each_change_of_a_link_is_told),
		cmocka_unit_test(names_are_cleaned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
