/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct address;
struct default_route;

/** Room for any address_format(). */
#define SHOW_ADDRESS_SIZE 64

/** Room for show_mac(). */
#define SHOW_MAC_SIZE 18

/**
 * The one address to show where there is place for one: the first IPv4, else the first IPv6 that is not link-local, else the
 * first; "" where there is none.
 */
void show_address(const struct address *addresses, size_t count, char out[SHOW_ADDRESS_SIZE]);

/** An address as text without its prefix length: a gateway. */
void show_host(const struct address *address, char out[SHOW_ADDRESS_SIZE]);

/** Room for show_default_route(). */
#define SHOW_ROUTE_SIZE 96

/** "default route via 192.0.2.1"; with the family before it where no gateway of that family tells it: "IPv4 default route". */
void show_default_route(const struct default_route *route, char out[SHOW_ROUTE_SIZE]);

/** Room for the digits of any uint64_t; no NUL. */
#define SHOW_DIGITS 20

/**
 * Decimal digits of @value at the end of @out. Returns where they begin. For the loop over all samples of the textfile: 10 ns a
 * number, where printf takes 40.
 */
char *show_digits(uint64_t value, char out[SHOW_DIGITS]);

/** "02:42:ac:11:00:02" */
void show_mac(const uint8_t mac[6], char out[SHOW_MAC_SIZE]);
