/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/show.h"

#include <stdio.h>
#include <sys/socket.h>

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
