/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/choice.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fault.h"
#include "model/snapshot.h"

/* ---- reading rules */

static int check_kind(const char *glob, struct fault *why)
{
	for (unsigned int kind = 0; kind < OWNER_KINDS; kind++) {
		if (fnmatch(glob, owner_kind_name((enum owner_kind)kind), 0) == 0)
			return 0;
	}
	return fault_set(why, -EINVAL, EXIT_CODE_USAGE,
	                 "matches no kind (there are pod, docker, podman, containerd, crio, lxc, nspawn, unit, netns, "
	                 "process and none)");
}

int choice_add(struct choice *choice, bool exclude, const char *value, struct fault *why)
{
	static const char *const names[] = {
		[CHOOSE_INTERFACE] = "interface=",
		[CHOOSE_BRIDGE] = "bridge=",
		[CHOOSE_KIND] = "kind=",
		[CHOOSE_NAME] = "name=",
	};
	size_t by = 0;
	const char *glob;

	while (by < ARRAY_SIZE(names) && strncmp(value, names[by], strlen(names[by])) != 0)
		by++;
	if (by == ARRAY_SIZE(names))
		return fault_set(
			why, -EINVAL, EXIT_CODE_USAGE,
			"not of the form WHAT=GLOB (WHAT is interface, bridge, kind or name; try kind=process)");
	glob = value + strlen(names[by]);
	if (*glob == '\0')
		return fault_set(why, -EINVAL, EXIT_CODE_USAGE, "no pattern behind the = (try kind=process)");
	if (by == CHOOSE_KIND && check_kind(glob, why) < 0)
		return -EINVAL;
	if (choice->count == CHOICE_RULES)
		return fault_set(why, -EINVAL, EXIT_CODE_USAGE, "at most %d rules can be given", CHOICE_RULES);
	choice->rules[choice->count++] = (struct choice_rule){ (enum choice_by)by, exclude, glob };
	return 0;
}

/* ---- applying them */

/* What is to be matched; NULL: has none of that kind, so rules about it say nothing. */
struct traits {
	const char *name;  /* of the interface or bridge */
	const char *other; /* of the other end */
	const char *bridge;
	const char *kind;
	const char *owner;
};

static bool matches(const struct choice_rule *rule, const char *text)
{
	return text && *text != '\0' && fnmatch(rule->glob, text, 0) == 0;
}

/* An owner without a name is one that "*" matches. */
static bool matches_owner(const struct choice_rule *rule, const char *owner)
{
	return owner && fnmatch(rule->glob, owner, 0) == 0;
}

static bool rule_matches(const struct choice_rule *rule, const struct traits *traits)
{
	switch (rule->by) {
	case CHOOSE_INTERFACE:
		return matches(rule, traits->name) || matches(rule, traits->other);
	case CHOOSE_BRIDGE:
		return matches(rule, traits->bridge);
	case CHOOSE_KIND:
		return matches(rule, traits->kind);
	case CHOOSE_NAME:
		return matches_owner(rule, traits->owner);
	}
	return false;
}

/* @about: bits (1 << enum choice_by) of the includes that count here */
static bool takes(const struct choice *choice, unsigned int about, const struct traits *traits)
{
	bool wanted = true;
	bool included = false;

	for (size_t i = 0; i < choice->count; i++) {
		const struct choice_rule *rule = &choice->rules[i];

		if (rule->exclude && rule_matches(rule, traits))
			return false;
		if (rule->exclude || !(about & 1U << rule->by))
			continue;
		wanted = false;
		included |= rule_matches(rule, traits);
	}
	return wanted || included;
}

#define ABOUT_WIRING (1U << CHOOSE_INTERFACE | 1U << CHOOSE_BRIDGE)
#define ABOUT_ALL    (ABOUT_WIRING | 1U << CHOOSE_KIND | 1U << CHOOSE_NAME)

static bool has_include_by_other_than_bridge(const struct choice *choice)
{
	for (size_t i = 0; i < choice->count; i++) {
		if (!choice->rules[i].exclude && choice->rules[i].by != CHOOSE_BRIDGE)
			return true;
	}
	return false;
}

bool choice_refuses_link(const struct choice *choice, const char *name, const char *bridge)
{
	const struct traits traits = { .name = name, .bridge = bridge };
	unsigned int about = has_include_by_other_than_bridge(choice) ? 0 : 1U << CHOOSE_BRIDGE;

	return !takes(choice, about, &traits);
}

bool choice_excludes_link(const struct choice *choice, const char *name, const char *bridge)
{
	return !takes(choice, 0, &(struct traits){ .name = name, .bridge = bridge });
}

bool choice_takes_interface(const struct choice *choice, const struct netns *ns, const struct interface *link)
{
	const struct traits traits = {
		.name = link->name,
		.other = link->host_birth != 0 ? link->peer.name : NULL,
		.bridge = link->bridge,
		.kind = owner_kind_name(ns->kind),
		.owner = ns->name,
	};

	return takes(choice, ABOUT_ALL, &traits);
}

bool choice_takes_netns(const struct choice *choice, const struct netns *ns)
{
	const struct traits traits = { .kind = owner_kind_name(ns->kind), .owner = ns->name };

	for (size_t i = 0; i < ns->interface_count; i++) {
		if (choice_takes_interface(choice, ns, &ns->interfaces[i]))
			return true;
	}
	return ns->interface_count == 0 && takes(choice, ABOUT_ALL, &traits);
}

bool choice_takes_bridge(const struct choice *choice, const struct bridge *bridge)
{
	const struct traits traits = { .name = bridge->name, .bridge = bridge->name };

	return takes(choice, ABOUT_WIRING, &traits);
}
