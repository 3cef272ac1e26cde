/* SPDX-License-Identifier: GPL-2.0-only */
#include "netlink_fixture.h"

#include <arpa/inet.h>

#include "observe/netlink/address_parse.h"

static struct address address_of(const char *text, uint8_t prefix)
{
	struct address address = { .prefix = prefix };

	address.family = strchr(text, ':') ? AF_INET6 : AF_INET;
	assert_int_equal(inet_pton(address.family, text, address.bytes), 1);
	return address;
}

static void addresses_are_written_as_people_do(void **state)
{
	static const struct {
		const char *address;
		uint8_t prefix;
		const char *text;
	} cases[] = {
		{ "172.17.0.2", 16, "172.17.0.2/16" },
		{ "0.0.0.0", 0, "0.0.0.0/0" },
		{ "255.255.255.255", 32, "255.255.255.255/32" },
		{ "fd00:0:0:0:0:0:0:2", 64, "fd00::2/64" }, /* RFC 5952 */
		{ "::", 0, "::/0" },
		{ "2001:db8:1111:2222:3333:4444:5555:6666", 128, "2001:db8:1111:2222:3333:4444:5555:6666/128" },
	};
	char text[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct address address = address_of(cases[i].address, cases[i].prefix);

		address_format(&address, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
	}
}

static void addresses_are_ordered_by_family_bytes_and_prefix(void **state)
{
	const struct address ordered[] = {
		address_of("10.0.0.1", 8),     address_of("10.0.0.1", 24), address_of("10.0.0.2", 8),
		address_of("192.168.0.1", 16), address_of("::1", 128),     address_of("fe80::1", 10),
		address_of("fe80::1", 64),
	};

	for (size_t i = 0; i < ARRAY_SIZE(ordered); i++)
		for (size_t j = 0; j < ARRAY_SIZE(ordered); j++) {
			int order = address_compare(&ordered[i], &ordered[j]);

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
		}
}

/* Finds the row of ip that a message is about. */
static bool is_in_ip(const json_t *links, const struct link_address *row)
{
	char text[64], wanted[64];
	size_t i, j;
	json_t *link, *info;

	address_format(&row->address, text, sizeof(text));
	json_array_foreach(links, i, link) json_array_foreach(json_object_get(link, "addr_info"), j, info)
	{
		(void)snprintf(wanted, sizeof(wanted), "%s/%d", text_of(info, "local"),
		               (int)number_of(info, "prefixlen", -1));
		if (number_of(link, "ifindex", 0) == row->index && strcmp(text, wanted) == 0)
			return true;
	}
	return false;
}

static size_t count_in_ip(const json_t *links)
{
	size_t i, count = 0;
	json_t *link;

	json_array_foreach(links, i, link) count += json_array_size(json_object_get(link, "addr_info"));
	return count;
}

static void addresses_are_read_as_ip_reads_them(void **state)
{
	static const char *const names[] = { "here", "a", "b" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_recording_ struct recording recording = { NULL, 0 };
		const struct nlmsghdr *nlh;
		size_t at = 0, count = 0;
		char name[64];
		json_t *links;

		(void)snprintf(name, sizeof(name), "%s.addresses", names[i]);
		recording = recording_load(name);
		(void)snprintf(name, sizeof(name), "%s.addresses.json", names[i]);
		links = recording_json(name);
		for (; (nlh = recording_next(&recording, &at)); count++) {
			struct address_message told;

			assert_int_equal(address_parse(nlh, &told), 0);
			assert_false(told.gone);
			assert_true(is_in_ip(links, &told.row));
		}
		assert_int_equal(count, count_in_ip(links));
		assert_true(count > 0);
		json_decref(links);
	}
}

static void message_cut_anywhere_is_refused_or_whole(void **state)
{
	_cleanup_recording_ struct recording recording = recording_load("a.addresses");
	const struct nlmsghdr *nlh;
	size_t at = 0;

	while ((nlh = recording_next(&recording, &at)))
		for (size_t len = sizeof(*nlh); len < nlh->nlmsg_len; len++) {
			struct nlmsghdr *cut = message_cut(nlh, len);
			struct address_message told;
			int r;

			memset(&told, 0x5a, sizeof(told));
			r = address_parse(cut, &told);
			free(cut);
			if (!message_may_end(nlh, sizeof(struct ifaddrmsg), len))
				assert_int_equal(r, -EBADMSG);
			if (r < 0)
				assert_int_equal(told.row.index, 0x5a5a5a5a);
		}
}

static struct nlmsghdr *new_address(char *buffer, uint8_t family, uint8_t prefix)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct ifaddrmsg *head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));

	nlh->nlmsg_type = RTM_NEWADDR;
	head->ifa_family = family;
	head->ifa_prefixlen = prefix;
	head->ifa_index = 2;
	return nlh;
}

static void address_of_wrong_size_is_refused(void **state)
{
	static const struct {
		uint8_t family, prefix;
		size_t size;
		int result;
	} cases[] = {
		{ AF_INET, 24, 4, 0 },          { AF_INET, 24, 16, -EBADMSG },   { AF_INET, 24, 3, -EBADMSG },
		{ AF_INET, 33, 4, -EBADMSG },   { AF_INET6, 64, 16, 0 },         { AF_INET6, 64, 4, -EBADMSG },
		{ AF_INET6, 64, 17, -EBADMSG }, { AF_INET6, 129, 16, -EBADMSG }, { AF_PACKET, 0, 4, -ENOMSG },
	};
	static const char bytes[32] = "0123456789abcdef0123456789abcde";

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_Alignas(struct nlmsghdr) char buffer[256];
		struct nlmsghdr *nlh = new_address(buffer, cases[i].family, cases[i].prefix);
		struct address_message told;

		assert_int_equal(address_parse(nlh, &told), cases[i].family == AF_PACKET ? -ENOMSG : -EBADMSG);
		mnl_attr_put(nlh, IFA_ADDRESS, cases[i].size, bytes);
		assert_int_equal(address_parse(nlh, &told), cases[i].result);
	}
}

static void own_side_of_a_point_to_point_link_is_taken(void **state)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *nlh = new_address(buffer, AF_INET, 32);
	struct address_message told;
	char text[64];

	mnl_attr_put_u32(nlh, IFA_ADDRESS, inet_addr("10.0.0.2"));
	mnl_attr_put_u32(nlh, IFA_LOCAL, inet_addr("10.0.0.1"));
	assert_int_equal(address_parse(nlh, &told), 0);
	address_format(&told.row.address, text, sizeof(text));
	assert_string_equal(text, "10.0.0.1/32");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_written_as_people_do),
		cmocka_unit_test(addresses_are_ordered_by_family_bytes_and_prefix),
		cmocka_unit_test(addresses_are_read_as_ip_reads_them),
		cmocka_unit_test(message_cut_anywhere_is_refused_or_whole),
		cmocka_unit_test(address_of_wrong_size_is_refused),
		cmocka_unit_test(own_side_of_a_point_to_point_link_is_taken),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
