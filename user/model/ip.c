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

bool ip_parse(const char *text, struct ip *ret)
{
	size_t len = strcspn(text, "/");
	char bare[INET6_ADDRSTRLEN];
	struct ip ip = { .has_prefix = text[len] == '/' };
	uint64_t prefix = 0;

	if (len >= sizeof(bare))
		return false;
	memcpy(bare, text, len);
	bare[len] = '\0';
	if (!parse_bytes(bare, &ip.address))
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

bool netns_has_ip(const struct netns *ns, const struct ip *ip)
{
	for (size_t i = 0; i < ns->interface_count; i++) {
		for (size_t a = 0; a < ns->interfaces[i].address_count; a++) {
			if (is_address(ip, &ns->interfaces[i].addresses[a]))
				return true;
		}
	}
	return false;
}
