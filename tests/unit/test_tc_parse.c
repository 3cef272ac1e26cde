/* SPDX-License-Identifier: GPL-2.0-only */
/* Traffic control messages as the kernel sent them, against what tc said of the same: tests/fixtures/tc/record.py. */
#include "netlink_fixture.h"

#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>

#include "observe/netlink/tc_parse.h"

#define ITEMS_MAX 16

struct dump {
	struct tc_item items[ITEMS_MAX];
	size_t count;
};

static struct dump load_dump(const char *name)
{
	_cleanup_recording_ struct recording recording = recording_load(name);
	struct dump dump = { .count = 0 };
	const struct nlmsghdr *nlh;
	size_t at = 0;

	while ((nlh = recording_next(&recording, &at))) {
		assert_true(dump.count < ITEMS_MAX);
		assert_int_equal(tc_parse(nlh, &dump.items[dump.count++]), 0);
	}
	assert_int_equal(at, recording.len);
	return dump;
}

/* tc writes "ffff:fff1" for 0xfffffff1, and nothing where a qdisc is a device's root. */
static uint32_t handle_of(const char *text)
{
	unsigned int major = 0, minor = 0;

	if (*text)
		assert_true(sscanf(text, "%x:%x", &major, &minor) >= 1);
	return major << 16 | minor;
}

static void qdiscs_are_what_tc_says(void **state)
{
	struct dump dump = load_dump("../tc/qdiscs");
	json_t *authority = recording_json("../tc/qdiscs.json"), *qdisc;
	size_t i;

	assert_int_equal(dump.count, json_array_size(authority));
	json_array_foreach(authority, i, qdisc)
	{
		const struct tc_item *item = &dump.items[i];
		const char *parent = text_of(qdisc, "parent");

		assert_string_equal(item->kind, text_of(qdisc, "kind"));
		assert_int_equal(item->handle, handle_of(text_of(qdisc, "handle")));
		assert_int_equal(item->parent, *parent ? handle_of(parent) : TC_H_ROOT);
		assert_int_equal(item->priority, 0);
		assert_string_equal(item->name, "");
		if (strcmp(text_of(qdisc, "dev"), "host") == 0)
			assert_int_equal(item->ifindex, 10);
		if (strcmp(text_of(qdisc, "dev"), "other") == 0)
			assert_int_equal(item->ifindex, 20);
	}
	json_decref(authority);
}

static void filters_agree(const char *name, const char *json_name, uint32_t parent)
{
	struct dump dump = load_dump(name);
	json_t *authority = recording_json(json_name), *filter;
	size_t i;

	assert_int_equal(dump.count, json_array_size(authority));
	json_array_foreach(authority, i, filter)
	{
		const struct tc_item *item = &dump.items[i];
		const json_t *options = json_object_get(filter, "options");
		const char *handle = text_of(options, "handle");

		assert_string_equal(item->kind, text_of(filter, "kind"));
		assert_int_equal(item->priority, number_of(filter, "pref", 0));
		assert_string_equal(item->name, text_of(options, "bpf_name"));
		if (*handle)
			assert_int_equal(item->handle, strtoul(handle, NULL, 16));
		if (!options)
			assert_int_equal(item->handle, 0);
		assert_int_equal(item->parent, parent);
		assert_int_equal(item->ifindex, 10);
	}
	json_decref(authority);
}

static void filters_are_what_tc_says(void **state)
{
	filters_agree("../tc/ingress", "../tc/ingress.json", TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS));
	filters_agree("../tc/egress", "../tc/egress.json", TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS));
}

/* The second message of the ingress side is the filter of ours. */
static const struct nlmsghdr *our_filter(const struct recording *recording)
{
	size_t at = 0;

	(void)recording_next(recording, &at);
	return recording_next(recording, &at);
}

static void a_cut_message_is_refused_and_never_read_beyond(void **state)
{
	_cleanup_recording_ struct recording recording = recording_load("../tc/ingress");
	const struct nlmsghdr *whole = our_filter(&recording);

	for (size_t len = NLMSG_HDRLEN; len < whole->nlmsg_len; len++) {
		_cleanup_free_ struct nlmsghdr *cut = message_cut(whole, len);
		bool may_end = message_may_end(whole, sizeof(struct tcmsg), len);
		struct tc_item item = { .ifindex = 4711 };

		assert_int_equal(tc_parse(cut, &item), may_end ? 0 : -EBADMSG);
		assert_int_equal(item.ifindex, may_end ? 10 : 4711);
	}
}

static void other_messages_and_impossible_interfaces_are_refused(void **state)
{
	_cleanup_recording_ struct recording recording = recording_load("../tc/ingress");
	const struct nlmsghdr *whole = our_filter(&recording);
	_cleanup_free_ struct nlmsghdr *changed = message_cut(whole, whole->nlmsg_len);
	struct tcmsg *tc = mnl_nlmsg_get_payload(changed);
	struct tc_item item;

	tc->tcm_ifindex = 0;
	assert_int_equal(tc_parse(changed, &item), -EBADMSG);
	tc->tcm_ifindex = -1; /* TCM_IFINDEX_MAGIC_BLOCK: a shared block, no interface */
	assert_int_equal(tc_parse(changed, &item), -EBADMSG);
	tc->tcm_ifindex = 10;
	assert_int_equal(tc_parse(changed, &item), 0);
	changed->nlmsg_type = RTM_DELTFILTER;
	assert_int_equal(tc_parse(changed, &item), -EBADMSG);
}

/* A filter may be given any name, as long as a netlink attribute. */
static void a_name_that_is_too_long_or_not_ended_is_left_out(void **state)
{
	static const struct {
		size_t len;
		bool ended;
		size_t kept;
	} names[] = { { 10, true, 9 },   { 64, true, 63 }, { 65, true, 0 },
		      { 4000, true, 0 }, { 20, false, 0 }, { 0, true, 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char space[8192], name[4000];
		struct nlmsghdr *nlh = mnl_nlmsg_put_header(space);
		struct tcmsg *tc = mnl_nlmsg_put_extra_header(nlh, sizeof(*tc));
		struct nlattr *options;
		struct tc_item item;

		memset(name, 'n', sizeof(name));
		if (names[i].ended && names[i].len > 0)
			name[names[i].len - 1] = '\0';
		nlh->nlmsg_type = RTM_NEWTFILTER;
		tc->tcm_ifindex = 1;
		mnl_attr_put_strz(nlh, TCA_KIND, "bpf");
		options = mnl_attr_nest_start(nlh, TCA_OPTIONS);
		mnl_attr_put(nlh, TCA_BPF_NAME, names[i].len, name);
		mnl_attr_nest_end(nlh, options);
		assert_int_equal(tc_parse(nlh, &item), 0);
		assert_string_equal(item.kind, "bpf");
		assert_int_equal(strlen(item.name), names[i].kept);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(qdiscs_are_what_tc_says),
		cmocka_unit_test(filters_are_what_tc_says),
		cmocka_unit_test(a_cut_message_is_refused_and_never_read_beyond),
		cmocka_unit_test(other_messages_and_impossible_interfaces_are_refused),
		cmocka_unit_test(a_name_that_is_too_long_or_not_ended_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
