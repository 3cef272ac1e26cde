/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What super-packets (GSO) are on the wire, with BPF_PROG_TEST_RUN: segments beyond the one packet, and the headers that
 * each of them repeats.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bpf/passes.h"

/* Runs @p as a super-packet past both hooks; each further segment must repeat @header bytes. */
static void expands(const struct packet *p, uint32_t gso_size, uint32_t gso_segs, const struct expected *want)
{
	const struct __sk_buff context = { .gso_size = gso_size, .gso_segs = gso_segs };

	for (int hook = 0; hook < CTNET_HOOKS; hook++)
		passes(p->bytes, p->len, (enum ctnet_hook)hook, &context, want);
}

static void tcp_repeats_ethernet_ip_and_tcp_with_options(void **state)
{
	struct packet p;

	for (unsigned int words = 0; words <= 10; words++) {
		const struct expected v4 = { CTNET_IPV4_TCP, 2, 14 + 20 + 20 + words * 4, false };
		const struct expected v6 = { CTNET_IPV6_TCP, 2, 14 + 40 + 20 + words * 4, false };

		add_ethernet(&p, ETH_IPV4);
		add_ipv4(&p, TCP, 0, 0);
		add_tcp(&p, words);
		packet_add(&p, 2500);
		expands(&p, 1000, 3, &v4);
		add_ethernet(&p, ETH_IPV6);
		add_ipv6(&p, TCP);
		add_tcp(&p, words);
		packet_add(&p, 2500);
		expands(&p, 1000, 3, &v6);
	}
}

static void ipv4_options_vlan_tags_and_extension_headers_are_repeated(void **state)
{
	static const struct expected options = { CTNET_IPV4_TCP, 1, 14 + 44 + 20, false };
	static const struct expected tagged = { CTNET_IPV4_TCP, 1, 14 + 8 + 20 + 32, false };
	static const struct expected extended = { CTNET_IPV6_TCP, 1, 14 + 4 + 40 + 24 + 20, false };
	struct packet p;

	add_ethernet(&p, ETH_IPV4);
	add_ipv4(&p, TCP, 6, 0);
	add_tcp(&p, 0);
	packet_add(&p, 2000);
	expands(&p, 1000, 2, &options);
	add_ethernet(&p, ETH_SVLAN);
	add_vlan(&p, ETH_VLAN);
	add_vlan(&p, ETH_IPV4);
	add_ipv4(&p, TCP, 0, 0);
	add_tcp(&p, 3);
	packet_add(&p, 2000);
	expands(&p, 1000, 2, &tagged);
	add_ethernet(&p, ETH_VLAN);
	add_vlan(&p, ETH_IPV6);
	add_ipv6(&p, ROUTING);
	add_extension(&p, TCP, 2);
	add_tcp(&p, 0);
	packet_add(&p, 2000);
	expands(&p, 1000, 2, &extended);
}

static void udp_and_sctp_repeat_their_fixed_headers(void **state)
{
	static const struct expected udp4 = { CTNET_IPV4_UDP, 3, 14 + 20 + 8, false };
	static const struct expected udp6 = { CTNET_IPV6_UDP, 3, 14 + 40 + 8, false };
	static const struct expected sctp = { CTNET_IPV4_SCTP, 4, 14 + 20 + 12, false };
	struct packet p;

	add_ethernet(&p, ETH_IPV4);
	add_ipv4(&p, UDP, 0, 0);
	add_udp(&p);
	packet_add(&p, 3600);
	expands(&p, 1000, 4, &udp4);
	add_ethernet(&p, ETH_IPV6);
	add_ipv6(&p, UDP);
	add_udp(&p);
	packet_add(&p, 3600);
	expands(&p, 1000, 4, &udp6);
	add_ethernet(&p, ETH_IPV4);
	add_ipv4(&p, SCTP, 0, 0);
	packet_add(&p, 12 + 3000);
	expands(&p, 0xffff, 5, &sctp); /* GSO_BY_FRAGS: the kernel's mark that the size says nothing */
}

/* gso_size without gso_segs is how a virtual machine or a packet socket hands a super-packet in. */
static void the_number_of_segments_is_computed_where_it_was_not_told(void **state)
{
	static const struct {
		size_t payload;
		uint64_t more;
	} cases[] = { { 1, 0 }, { 1000, 0 }, { 1001, 1 }, { 2000, 1 }, { 2001, 2 }, { 3001, 3 } };
	struct packet p;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct expected want = { CTNET_IPV4_TCP, cases[i].more, 14 + 20 + 32, false };

		add_ethernet(&p, ETH_IPV4);
		add_ipv4(&p, TCP, 0, 0);
		add_tcp(&p, 3);
		packet_add(&p, cases[i].payload);
		expands(&p, 1000, 0, &want);
	}
}

static void an_ordinary_packet_is_one_segment(void **state)
{
	static const struct expected want = { .class = CTNET_IPV4_TCP };
	struct packet p;

	add_ethernet(&p, ETH_IPV4);
	add_ipv4(&p, TCP, 0, 0);
	add_tcp(&p, 0);
	packet_add(&p, 1400);
	expands(&p, 0, 0, &want);
	expands(&p, 1400, 1, &want);
}

/* What a tunnel carries is not looked into: the headers up to it are known to be repeated. */
static void another_protocol_repeats_what_is_known(void **state)
{
	static const struct expected gre = { CTNET_IPV4_OTHER, 1, 14 + 20, false };
	static const struct expected unknown = { CTNET_OTHER, 1, 14, false };
	struct packet p;

	add_ethernet(&p, ETH_IPV4);
	add_ipv4(&p, 47, 0, 0);
	packet_add(&p, 2000);
	expands(&p, 1000, 2, &gre);
	add_ethernet(&p, 0x8847);
	packet_add(&p, 2000);
	expands(&p, 1000, 2, &unknown);
}

static void a_tcp_header_that_is_cut_off_or_too_short_is_unparsed(void **state)
{
	static const struct expected cut = { CTNET_IPV4_TCP, 1, 14 + 20, true };
	struct packet p;

	add_ethernet(&p, ETH_IPV4);
	add_ipv4(&p, TCP, 0, 0);
	packet_add(&p, 15);
	expands(&p, 10, 2, &cut);
	add_ethernet(&p, ETH_IPV4);
	add_ipv4(&p, TCP, 0, 0);
	packet_add(&p, 500)[12] = 0x40;
	expands(&p, 300, 2, &cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_repeats_ethernet_ip_and_tcp_with_options),
		cmocka_unit_test(ipv4_options_vlan_tags_and_extension_headers_are_repeated),
		cmocka_unit_test(udp_and_sctp_repeat_their_fixed_headers),
		cmocka_unit_test(the_number_of_segments_is_computed_where_it_was_not_told),
		cmocka_unit_test(an_ordinary_packet_is_one_segment),
		cmocka_unit_test(another_protocol_repeats_what_is_known),
		cmocka_unit_test(a_tcp_header_that_is_cut_off_or_too_short_is_unparsed),
	};

	return cmocka_run_group_tests(tests, open_programs, close_programs);
}
