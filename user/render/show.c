/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/show.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "model/host_facts.h"
#include "model/link.h"

/* Lower is better. */
static int rank(const struct address *address)
{
	if (address->family == AF_INET)
		return 0;
	return address_is_link_local(address) ? 2 : 1;
}

void show_address(const struct address *addresses, size_t count, char out[SHOW_ADDRESS_SIZE])
{
	const struct address *best = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!best || rank(&addresses[i]) < rank(best))
			best = &addresses[i];
	}
	out[0] = '\0';
	if (best)
		address_format(best, out, SHOW_ADDRESS_SIZE);
}

void show_host(const struct address *address, char out[SHOW_ADDRESS_SIZE])
{
	address_format(address, out, SHOW_ADDRESS_SIZE);
	out[strcspn(out, "/")] = '\0';
}

void show_default_route(const struct default_route *route, char out[SHOW_ROUTE_SIZE])
{
	bool told = route->has_gateway && route->gateway.family == route->family;
	char gateway[SHOW_ADDRESS_SIZE] = "";

	if (route->has_gateway)
		show_host(&route->gateway, gateway);
	(void)snprintf(out, SHOW_ROUTE_SIZE, "%sdefault route%s%s",
	               told                       ? ""
	               : route->family == AF_INET ? "IPv4 "
	                                          : "IPv6 ",
	               gateway[0] ? " via " : "", gateway);
}

char *show_digits(uint64_t value, char out[SHOW_DIGITS])
{
	char *at = out + SHOW_DIGITS;

	do {
		*--at = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	return at;
}

void show_mac(const uint8_t mac[6], char out[SHOW_MAC_SIZE])
{
	(void)snprintf(out, SHOW_MAC_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
	               mac[5]);
}
