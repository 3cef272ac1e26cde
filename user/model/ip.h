/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

#include "model/snapshot.h"

/** An IP address that a person wrote, "172.17.0.2" or "fd00::2", with "/16" behind it or without. */
struct ip {
	struct address address;
	bool has_prefix; /* else address.prefix says nothing */
};

/** Returns whether @text is an IP address as a whole; @ret is untouched where it is none. */
bool ip_parse(const char *text, struct ip *ret);

/** Whether an interface of @ns has that address. */
bool netns_has_ip(const struct netns *ns, const struct ip *ip);
