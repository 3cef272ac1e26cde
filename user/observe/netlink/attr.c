/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/netlink/attr.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <string.h>

/*
 * libmnl's own loop (mnl_attr_for_each) takes the end of a message rounded up to four bytes, which is up to three bytes behind
 * a message of odd length, and its mnl_attr_validate() lets longer values pass; so the walk is done here.
 */

/* Where read_one() puts what it is given. */
struct places {
	const struct attr_rule *rules;
	size_t count;
	struct attr *ret;
};

static int read_one(void *context, uint16_t type, struct attr value)
{
	const struct places *places = context;
	const struct attr_rule *rule;

	if (type >= places->count || places->rules[type].max == 0)
		return 0;
	rule = &places->rules[type];
	if (value.len < rule->min || value.len > rule->max)
		return -EBADMSG;
	places->ret[type] = value;
	return 0;
}

int attrs_each(struct attr run, attr_take_fn take, void *context)
{
	const char *data = run.data;
	size_t len = run.len;

	while (len > 0) {
		const struct nlattr *attr = (const void *)data;
		struct nlattr head;
		size_t step;
		int r;

		if (len < sizeof(head))
			return -EBADMSG;
		memcpy(&head, data, sizeof(head));
		if (head.nla_len < sizeof(head) || head.nla_len > len)
			return -EBADMSG;
		r = take(context, mnl_attr_get_type(attr),
		         (struct attr){ mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr) });
		if (r < 0)
			return r;
		step = MNL_ALIGN((size_t)head.nla_len);
		if (step >= len) /* the last one may come without its padding */
			return 0;
		data += step;
		len -= step;
	}
	return 0;
}

int attrs_read(const void *data, size_t len, const struct attr_rule *rules, size_t count, struct attr *ret)
{
	struct places places = { rules, count, ret };
	int r;

	memset(ret, 0, count * sizeof(*ret));
	r = attrs_each((struct attr){ data, len }, read_one, &places);
	if (r < 0)
		memset(ret, 0, count * sizeof(*ret));
	return r;
}

const void *message_header(const struct nlmsghdr *nlh, size_t size)
{
	if (nlh->nlmsg_len < MNL_NLMSG_HDRLEN + MNL_ALIGN(size))
		return NULL;
	return mnl_nlmsg_get_payload(nlh);
}

int attrs_of_message(const struct nlmsghdr *nlh, size_t header, const struct attr_rule *rules, size_t count,
                     struct attr *ret)
{
	size_t skip = MNL_NLMSG_HDRLEN + MNL_ALIGN(header);

	if (nlh->nlmsg_len < skip)
		return -EBADMSG;
	return attrs_read((const char *)nlh + skip, nlh->nlmsg_len - skip, rules, count, ret);
}

uint32_t attr_u32(struct attr attr, uint32_t absent)
{
	uint32_t value = absent;

	if (attr.data)
		memcpy(&value, attr.data, sizeof(value));
	return value;
}

int32_t attr_s32(struct attr attr, int32_t absent)
{
	int32_t value = absent;

	if (attr.data)
		memcpy(&value, attr.data, sizeof(value));
	return value;
}

uint16_t attr_u16(struct attr attr, uint16_t absent)
{
	uint16_t value = absent;

	if (attr.data)
		memcpy(&value, attr.data, sizeof(value));
	return value;
}

uint8_t attr_u8(struct attr attr, uint8_t absent)
{
	return attr.data ? *(const uint8_t *)attr.data : absent;
}

int attr_text(struct attr attr, char *out, size_t size)
{
	if (!attr.data || attr.len > size || !memchr(attr.data, '\0', attr.len))
		return -EBADMSG;
	memcpy(out, attr.data, attr.len);
	return 0;
}
