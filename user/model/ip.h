/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

#include "model/snapshot.h"

/** An IP address that a person wrote, "172.17.0.2", "fd00::2" or "fe80::2%eth0", with "/16" behind it or without. */
struct ip {
	struct address address;
	bool has_prefix;     /* else address.prefix says nothing */
	char zone[IFNAMSIZ]; /* "": none */
};

/** Returns whether @text is an IP address as a whole; @ret is untouched where it is none. */
bool ip_parse(const char *text, struct ip *ret);

/** Whether one of @count addresses is that address, leaving its zone aside. Returns it, or NULL. */
const struct address *ip_find(const struct ip *ip, const struct address *addresses, size_t count);

/** As above, for the addresses of an interface; the zone may be its own name or its host end's. */
const struct address *interface_find_ip(const struct interface *interface, const struct ip *ip);

/** Whether an interface of @ns has that address. */
bool netns_has_ip(const struct netns *ns, const struct ip *ip);
