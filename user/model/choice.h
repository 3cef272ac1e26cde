/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct bridge;
struct fault;
struct interface;
struct netns;

/** What a rule looks at. */
enum choice_by { CHOOSE_INTERFACE, CHOOSE_BRIDGE, CHOOSE_KIND, CHOOSE_NAME };

struct choice_rule {
	enum choice_by by;
	bool exclude;
	const char *glob; /* as fnmatch(3) takes it; borrowed */
};

#define CHOICE_RULES 128

/**
 * What is told of, and what is left out. A rule is "WHAT=GLOB":
 *  - interface: the name of an interface, or of its host end, or of a bridge;
 *  - bridge: a bridge by its name, and the interfaces whose host end is a port of it;
 *  - kind, name: of the owner after whom the namespace is called, with all its interfaces.
 * What an exclude matches is left out. Where there are includes, so is what none of them matches; a bridge has no owner, so only includes by
 * interface and bridge are about it.
 */
struct choice {
	struct choice_rule rules[CHOICE_RULES];
	size_t count;
};

/**
 * Takes a "WHAT=GLOB".
 *
 * @value: kept, not copied
 * Returns 0, or -EINVAL with @why filled: what is wrong and the remedy, without the value.
 */
int choice_add(struct choice *choice, bool exclude, const char *value, struct fault *why);

/**
 * Whether an interface is known to be left out from what its counted end tells alone, before anybody knows what it belongs to. An include
 * by interface says nothing here: it may match the name of the other end.
 *
 * @name: of the link
 * @bridge: of which it is a port, or that it is itself; "": of none
 */
bool choice_refuses_link(const struct choice *choice, const char *name, const char *bridge);

/** Whether an exclude matches, by the same. */
bool choice_excludes_link(const struct choice *choice, const char *name, const char *bridge);

/** Whether an interface of a namespace is told of. */
bool choice_takes_interface(const struct choice *choice, const struct netns *ns, const struct interface *link);

/** Whether a namespace is told of: one of its interfaces is, or it has none and its owner is not left out. */
bool choice_takes_netns(const struct choice *choice, const struct netns *ns);

bool choice_takes_bridge(const struct choice *choice, const struct bridge *bridge);
