/* SPDX-License-Identifier: GPL-2.0-only */
/* Which interfaces, namespaces and bridges are told of. */
#include "unit.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/fault.h"
#include "model/choice.h"
#include "model/snapshot.h"

#define MAX_WORDS 6

/* Rules in the order of the words; "-WHAT=GLOB" excludes. */
static struct choice choice_of(const char *const words[MAX_WORDS])
{
	struct choice choice = { .count = 0 };
	struct fault why = { 0 };

	for (size_t i = 0; i < MAX_WORDS && words[i]; i++) {
		bool exclude = words[i][0] == '-';

		assert_int_equal(choice_add(&choice, exclude, words[i] + exclude, &why), 0);
	}
	return choice;
}

/* A container's eth0, whose host end veth1 is a port of docker0. */
static const struct interface eth0 = {
	.name = "eth0",
	.peer = { .known = true, .name = "veth1", .index = 4 },
	.host_birth = 7,
	.bridge = "docker0",
};
static const struct netns box = {
	.name = "box",
	.kind = OWNER_DOCKER,
	.interfaces = &eth0,
	.interface_count = 1,
};
static const struct netns lonely = { .name = "lonely", .kind = OWNER_DOCKER };
static const struct netns nobody = { .name = "", .kind = OWNER_NONE };
static const struct bridge docker0 = { .name = "docker0" };

static void each_rule_looks_at_one_thing(void **state)
{
	static const struct {
		const char *words[MAX_WORDS];
		bool interface, lonely, bridge;
	} cases[] = {
		{ { NULL }, true, true, true },
		{ { "interface=eth*" }, true, false, false },
		{ { "interface=veth?" }, true, false, false },
		{ { "interface=docker0" }, false, false, true },
		{ { "bridge=docker*" }, true, false, true },
		{ { "bridge=br-*" }, false, false, false },
		{ { "kind=docker" }, true, true, true },
		{ { "kind=pod" }, false, false, true },
		{ { "name=b[ao]x" }, true, false, true },
		{ { "name=web", "bridge=docker0" }, true, false, true },
		{ { "name=web", "name=lonely" }, false, true, true },
		{ { "-interface=eth0" }, false, true, true },
		{ { "-interface=veth*" }, false, true, true },
		{ { "-bridge=docker0" }, false, true, false },
		{ { "-kind=docker" }, false, false, true },
		{ { "-name=lonely" }, true, false, true },
		{ { "-name=*" }, false, false, true },
		{ { "name=box", "-bridge=docker0" }, false, false, false },
		{ { "bridge=docker0", "-name=box" }, false, false, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct choice choice = choice_of(cases[i].words);

		assert_int_equal(choice_takes_interface(&choice, &box, &eth0), cases[i].interface);
		assert_int_equal(choice_takes_netns(&choice, &box), cases[i].interface);
		assert_int_equal(choice_takes_netns(&choice, &lonely), cases[i].lonely);
		assert_int_equal(choice_takes_bridge(&choice, &docker0), cases[i].bridge);
	}
}

static void the_unnamed_match_what_matches_everything(void **state)
{
	struct choice all = choice_of((const char *const[MAX_WORDS]){ "name=*" });
	struct choice some = choice_of((const char *const[MAX_WORDS]){ "name=?*" });

	assert_true(choice_takes_netns(&all, &nobody));
	assert_false(choice_takes_netns(&some, &nobody));
}

/* A host end is known before its container is: only what no later knowledge can change keeps it from being counted. */
static void a_link_is_refused_by_what_is_certain(void **state)
{
	static const struct {
		const char *words[MAX_WORDS];
		const char *bridge;
		bool refused, excluded;
	} cases[] = {
		{ { NULL }, "", false, false },
		{ { "-interface=veth*" }, "", true, true },
		{ { "-interface=eth0" }, "", false, false },
		{ { "-bridge=docker0" }, "docker0", true, true },
		{ { "-bridge=docker0" }, "", false, false },
		{ { "-kind=docker", "-name=*" }, "docker0", false, false },
		{ { "bridge=docker0" }, "", true, false },
		{ { "bridge=docker0" }, "docker0", false, false },
		{ { "interface=eth0" }, "docker0", false, false },
		{ { "bridge=br0", "name=box" }, "docker0", false, false },
		{ { "bridge=docker0", "-interface=veth1" }, "docker0", true, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct choice choice = choice_of(cases[i].words);

		assert_int_equal(choice_refuses_link(&choice, "veth1", cases[i].bridge), cases[i].refused);
		assert_int_equal(choice_excludes_link(&choice, "veth1", cases[i].bridge), cases[i].excluded);
	}
}

static void what_is_no_rule_is_said_with_the_remedy(void **state)
{
	static const struct {
		const char *value, *why;
	} cases[] = {
		{ "veth*", "not of the form WHAT=GLOB (WHAT is interface, bridge, kind or name; try kind=process)" },
		{ "Name=x", "not of the form WHAT=GLOB (WHAT is interface, bridge, kind or name; try kind=process)" },
		{ "", "not of the form WHAT=GLOB (WHAT is interface, bridge, kind or name; try kind=process)" },
		{ "name=", "no pattern behind the = (try kind=process)" },
		{ "kind=vm", "matches no kind (there are pod, docker, podman, containerd, crio, lxc, nspawn, unit, "
		             "netns, process and none)" },
	};
	struct choice choice = { .count = 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fault why = { 0 };

		assert_true(choice_add(&choice, false, cases[i].value, &why) < 0);
		assert_string_equal(why.text, cases[i].why);
		assert_int_equal(choice.count, 0);
	}
	for (size_t i = 0; i < CHOICE_RULES; i++)
		assert_int_equal(choice_add(&choice, true, "kind=p*", NULL), 0);
	assert_true(choice_add(&choice, true, "kind=p*", NULL) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_looks_at_one_thing),
		cmocka_unit_test(the_unnamed_match_what_matches_everything),
		cmocka_unit_test(a_link_is_refused_by_what_is_certain),
		cmocka_unit_test(what_is_no_rule_is_said_with_the_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
