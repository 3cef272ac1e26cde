/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/ip.h"
#include "model/snapshot.h"

/** What a person has in hand, and all that it may be, read once. Points to the text. */
struct handle {
	const char *text;
	size_t len;
	uint64_t number; /* 0: no decimal number */
	bool is_ip;
	struct ip ip;
	bool is_mac;
	uint8_t mac[6];
	size_t owner_len; /* of what stands before the last ':' of "box:eth0"; 0: nothing does, or it is an address */
};

struct handle handle_read(const char *text);

/** Whether it is an owner's name, id, pod, or PID. */
bool handle_is_owner(const struct handle *handle, const struct owner *owner);

/** Whether an owner's id begins with it; four characters are the least. */
bool handle_begins_id(const struct handle *handle, const struct owner *owner);

/** Whether it is the inode of a namespace, or one of its owners. */
bool handle_is_netns(const struct handle *handle, const struct netns *ns);

/** Whether one of the owners' ids begins with it. */
bool handle_is_id_prefix(const struct handle *handle, const struct netns *ns);

/** Whether it is that MAC address. */
bool handle_is_mac(const struct handle *handle, bool has_mac, const uint8_t mac[6]);
