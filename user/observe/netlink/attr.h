/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How long the payload of an attribute may be. @max 0: the attribute is of no interest and is passed over unread. */
struct attr_rule {
	uint16_t min;
	uint16_t max;
};

/** The payload of one attribute; data is NULL where the attribute was not there. Points into the message. */
struct attr {
	const void *data;
	size_t len;
};

/** Called for each attribute of a run. Returns 0, or -errno to end there. */
typedef int (*attr_take_fn)(void *context, uint16_t type, struct attr value);

/**
 * Hands on the attributes of a run one by one, for runs in which a type may stand several times. Never reads outside the run, whatever
 * the bytes say.
 *
 * Returns 0; -EBADMSG where an attribute does not fit; or what @take returned.
 */
int attrs_each(struct attr run, attr_take_fn take, void *context);

/**
 * Sorts a run of netlink attributes by type. Never reads outside @data..@data + @len, whatever the bytes say.
 *
 * @rules: by attribute type, @count of them; types beyond are passed over, as every reader of netlink has to
 * @ret: @count places, by type; of two attributes of one type the last counts, as in the kernel's nla_parse(). All empty on failure
 * Returns 0, or -EBADMSG where an attribute does not fit into @len or its size breaks its rule.
 */
int attrs_read(const void *data, size_t len, const struct attr_rule *rules, size_t count, struct attr *ret);

/**
 * As above, for the attributes of a message behind its family header.
 *
 * @header: size of the family header (struct ifinfomsg, …)
 */
int attrs_of_message(const struct nlmsghdr *nlh, size_t header, const struct attr_rule *rules, size_t count,
                     struct attr *ret);

/** The family header of a message; NULL where the message is too short to hold @size bytes of it. */
const void *message_header(const struct nlmsghdr *nlh, size_t size);

static inline bool attr_there(struct attr attr)
{
	return attr.data != NULL;
}

/** The value, whose size its rule has checked; @absent where the attribute was not there. */
uint32_t attr_u32(struct attr attr, uint32_t absent);
int32_t attr_s32(struct attr attr, int32_t absent);
uint16_t attr_u16(struct attr attr, uint16_t absent);
uint8_t attr_u8(struct attr attr, uint8_t absent);

/**
 * Copies text with its NUL.
 *
 * Returns 0, or -EBADMSG where it is not terminated, or does not fit into @size bytes.
 */
int attr_text(struct attr attr, char *out, size_t size);
