/* SPDX-License-Identifier: GPL-2.0-only */
#include "model/ip.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/number.h"

static bool parse_bytes(const char *text, struct address *out)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < sizeof(families); i++) {
		if (inet_pton(families[i], text, out->bytes) == 1) {
			out->family = families[i];
			return true;
		}
	}
	return false;
}

/* "%eth0" (RFC 4007); what is longer than a name can be is no interface's. */
static bool parse_zone(const char *text, size_t len, struct ip *ip)
{
	if (len == 0)
		return true;
	if (len < 2 || len > sizeof(ip->zone) || ip->address.family != AF_INET6)
		return false;
	memcpy(ip->zone, text + 1, len - 1);
	return true;
}

bool ip_parse(const char *text, struct ip *ret)
{
	size_t len = strcspn(text, "/");
	size_t bare_len = strcspn(text, "%/");
	char bare[INET6_ADDRSTRLEN];
	struct ip ip = { .has_prefix = text[len] == '/' };
	uint64_t prefix = 0;

	if (bare_len >= sizeof(bare))
		return false;
	memcpy(bare, text, bare_len);
	bare[bare_len] = '\0';
	if (!parse_bytes(bare, &ip.address) || !parse_zone(text + bare_len, len - bare_len, &ip))
		return false;
	if (ip.has_prefix && parse_u64(text + len + 1, 0, ip.address.family == AF_INET ? 32 : 128, &prefix) < 0)
		return false;
	ip.address.prefix = (uint8_t)prefix;
	*ret = ip;
	return true;
}

static bool is_address(const struct ip *ip, const struct address *address)
{
	return address->family == ip->address.family &&
	       memcmp(address->bytes, ip->address.bytes, ip->address.family == AF_INET ? 4 : 16) == 0 &&
	       (!ip->has_prefix || address->prefix == ip->address.prefix);
}

const struct address *ip_find(const struct ip *ip, const struct address *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_address(ip, &addresses[i]))
			return &addresses[i];
	}
	return NULL;
}

const struct address *interface_find_ip(const struct interface *interface, const struct ip *ip)
{
	if (ip->zone[0] && strcmp(ip->zone, interface->name) != 0 &&
	    !(interface->peer.known && strcmp(ip->zone, interface->peer.name) == 0))
		return NULL;
	return ip_find(ip, interface->addresses, interface->address_count);
}

bool netns_has_ip(const struct netns *ns, const struct ip *ip)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		if (interface_find_ip(&ns->interfaces[i], ip))
			return true;
	}
	return false;
}
