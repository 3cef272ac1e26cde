/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct address;

/** Room for any address_format(). */
#define SHOW_ADDRESS_SIZE 64

/** Room for show_mac(). */
#define SHOW_MAC_SIZE 18

/**
 * The one address to show where there is place for one: the first IPv4, else the first IPv6 that is not link-local, else the
 * first; "" where there is none.
 */
void show_address(const struct address *addresses, size_t count, char out[SHOW_ADDRESS_SIZE]);

/** Room for the digits of any uint64_t; no NUL. */
#define SHOW_DIGITS 20

/**
 * Decimal digits of @value at the end of @out. Returns where they begin. For the loop over all samples of the textfile: 10 ns a
 * number, where printf takes 40.
 */
char *show_digits(uint64_t value, char out[SHOW_DIGITS]);

/** "02:42:ac:11:00:02" */
void show_mac(const uint8_t mac[6], char out[SHOW_MAC_SIZE]);
