/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the two programs count, packet by packet, with BPF_PROG_TEST_RUN: each branch of bpf/parse.bpf.h. Expected
 * values are written down by hand from the RFCs, not computed by the code under test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bpf/passes.h"

static void counts(const struct packet *p, enum ctnet_class class)
{
	const struct expected want = { .class = class };

	for (int hook = 0; hook < CTNET_HOOKS; hook++)
		passes(p->bytes, p->len, (enum ctnet_hook)hook, NULL, &want);
}

static void counts_unparsed(const struct packet *p, enum ctnet_class class)
{
	const struct expected want = { .class = class, .unparsed = true };

	for (int hook = 0; hook < CTNET_HOOKS; hook++)
		passes(p->bytes, p->len, (enum ctnet_hook)hook, NULL, &want);
}

/* ---------------------------------------------------------------- classes */

static const struct {
	unsigned int protocol;
	enum ctnet_class v4, v6;
} protocols[] = {
	{ TCP, CTNET_IPV4_TCP, CTNET_IPV6_TCP },     { UDP, CTNET_IPV4_UDP, CTNET_IPV6_UDP },
	{ ICMP, CTNET_IPV4_ICMP, CTNET_IPV6_OTHER }, { ICMP6, CTNET_IPV4_OTHER, CTNET_IPV6_ICMP },
	{ SCTP, CTNET_IPV4_SCTP, CTNET_IPV6_SCTP },  { ESP, CTNET_IPV4_OTHER, CTNET_IPV6_OTHER },
	{ 47, CTNET_IPV4_OTHER, CTNET_IPV6_OTHER },  { NONE, CTNET_IPV4_OTHER, CTNET_IPV6_OTHER },
	{ 255, CTNET_IPV4_OTHER, CTNET_IPV6_OTHER },
};

static void each_protocol_has_its_class_in_both_families(void **state)
{
	struct packet p;

	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		add_ethernet(&p, ETH_IPV4);
		add_ipv4(&p, protocols[i].protocol, 0, 0);
		packet_add(&p, 100);
		counts(&p, protocols[i].v4);
		add_ethernet(&p, ETH_IPV6);
		add_ipv6(&p, protocols[i].protocol);
		packet_add(&p, 100);
		counts(&p, protocols[i].v6);
	}
}

static void ipv4_options_do_not_hide_the_protocol(void **state)
{
	struct packet p;

	for (unsigned int words = 0; words <= 10; words++) {
		add_ethernet(&p, ETH_IPV4);
		add_ipv4(&p, UDP, words, 0);
		add_udp(&p);
		counts(&p, CTNET_IPV4_UDP);
	}
}

static void ipv4_fragments_have_the_class_of_their_protocol(void **state)
{
	static const unsigned int fragments[] = { 0x2000, 0x2000 | 185, 370 }; /* first, middle, last */
	struct packet p;

	for (size_t i = 0; i < ARRAY_SIZE(fragments); i++) {
		add_ethernet(&p, ETH_IPV4);
		add_ipv4(&p, UDP, 0, fragments[i]);
		packet_add(&p, 64);
		counts(&p, CTNET_IPV4_UDP);
	}
}

static void arp_has_a_class_and_unknown_ethertypes_are_other(void **state)
{
	/* LLDP, PPPoE, MPLS, an 802.3 length (spanning tree), 0 */
	static const unsigned int types[] = { 0x88cc, 0x8864, 0x8847, 0x0026, 0 };
	struct packet p;

	add_ethernet(&p, ETH_ARP);
	packet_add(&p, 28);
	counts(&p, CTNET_ARP);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		add_ethernet(&p, types[i]);
		packet_add(&p, 60);
		counts(&p, CTNET_OTHER);
	}
}

/* ---------------------------------------------------------------- VLAN */

static void vlan_tags_are_looked_through_up_to_three(void **state)
{
	static const unsigned int outer[] = { ETH_VLAN, ETH_SVLAN };
	struct packet p;

	for (size_t i = 0; i < ARRAY_SIZE(outer); i++) {
		for (int tags = 1; tags <= 3; tags++) {
			add_ethernet(&p, outer[i]);
			for (int tag = 1; tag < tags; tag++)
				add_vlan(&p, ETH_VLAN);
			add_vlan(&p, ETH_IPV4);
			add_ipv4(&p, TCP, 0, 0);
			add_tcp(&p, 0);
			counts(&p, CTNET_IPV4_TCP);
		}
	}
	add_ethernet(&p, ETH_VLAN);
	add_vlan(&p, ETH_IPV6);
	add_ipv6(&p, ICMP6);
	packet_add(&p, 8);
	counts(&p, CTNET_IPV6_ICMP);
	add_ethernet(&p, ETH_SVLAN);
	add_vlan(&p, ETH_VLAN);
	add_vlan(&p, ETH_ARP);
	packet_add(&p, 28);
	counts(&p, CTNET_ARP);
}

static void a_fourth_vlan_tag_is_unparsed(void **state)
{
	struct packet p;

	add_ethernet(&p, ETH_SVLAN);
	for (int tag = 1; tag < 4; tag++)
		add_vlan(&p, ETH_VLAN);
	add_vlan(&p, ETH_IPV4);
	add_ipv4(&p, TCP, 0, 0);
	counts_unparsed(&p, CTNET_OTHER);
}

/* ---------------------------------------------------------------- IPv6 extension headers */

static void ipv6_extension_headers_are_walked(void **state)
{
	static const unsigned int plain[] = { HOP, ROUTING, DESTINATION };
	struct packet p;

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		for (unsigned int units = 0; units < 40; units += 13) {
			add_ethernet(&p, ETH_IPV6);
			add_ipv6(&p, plain[i]);
			add_extension(&p, UDP, units);
			add_udp(&p);
			counts(&p, CTNET_IPV6_UDP);
		}
	}
	for (unsigned int words = 0; words <= 8; words++) {
		add_ethernet(&p, ETH_IPV6);
		add_ipv6(&p, AUTH);
		add_authentication(&p, TCP, words);
		add_tcp(&p, 0);
		counts(&p, CTNET_IPV6_TCP);
	}
}

/* The order of RFC 8200, 4.1, all at once. */
static void a_full_chain_of_extension_headers_is_walked(void **state)
{
	struct packet p;

	add_ethernet(&p, ETH_IPV6);
	add_ipv6(&p, HOP);
	add_extension(&p, DESTINATION, 0);
	add_extension(&p, ROUTING, 2);
	add_extension(&p, FRAGMENT, 4);
	add_fragment(&p, AUTH, 0, 1);
	add_authentication(&p, DESTINATION, 3);
	add_extension(&p, SCTP, 1);
	packet_add(&p, 12);
	counts(&p, CTNET_IPV6_SCTP);
}

static void ipv6_fragments_have_the_class_of_their_protocol(void **state)
{
	struct packet p;

	add_ethernet(&p, ETH_IPV6);
	add_ipv6(&p, FRAGMENT);
	add_fragment(&p, ICMP6, 0, 1);
	packet_add(&p, 64);
	counts(&p, CTNET_IPV6_ICMP);
	add_ethernet(&p, ETH_IPV6);
	add_ipv6(&p, FRAGMENT);
	add_fragment(&p, UDP, 181, 0);
	packet_add(&p, 64);
	counts(&p, CTNET_IPV6_UDP);
}

/* What would be the destination options of a later fragment is payload: a byte of it must not be taken for a protocol. */
static void payload_of_a_later_fragment_is_not_read_as_a_header(void **state)
{
	struct packet p;

	add_ethernet(&p, ETH_IPV6);
	add_ipv6(&p, FRAGMENT);
	add_fragment(&p, DESTINATION, 181, 0);
	add_extension(&p, TCP, 0);
	packet_add(&p, 64);
	counts_unparsed(&p, CTNET_IPV6_OTHER);
}

static void eight_extension_headers_are_walked_and_nine_are_not(void **state)
{
	struct packet p;

	for (int headers = 8; headers <= 30; headers += headers == 8 ? 1 : 7) {
		add_ethernet(&p, ETH_IPV6);
		add_ipv6(&p, DESTINATION);
		for (int i = 1; i < headers; i++)
			add_extension(&p, DESTINATION, 0);
		add_extension(&p, TCP, 0);
		add_tcp(&p, 0);
		if (headers == 8)
			counts(&p, CTNET_IPV6_TCP);
		else
			counts_unparsed(&p, CTNET_IPV6_OTHER);
	}
}

/* ---------------------------------------------------------------- hostile and cut-off packets */

static void an_ip_header_of_another_version_is_unparsed(void **state)
{
	struct packet p;

	for (unsigned int first = 0; first < 256; first++) {
		add_ethernet(&p, ETH_IPV4);
		add_ipv4(&p, TCP, 0, 0);
		p.bytes[14] = (unsigned char)first;
		packet_add(&p, 60);
		if (first >= 0x45 && first <= 0x4f)
			counts(&p, CTNET_IPV4_TCP);
		else
			counts_unparsed(&p, CTNET_IPV4_OTHER);
		add_ethernet(&p, ETH_IPV6);
		add_ipv6(&p, TCP);
		p.bytes[14] = (unsigned char)first;
		if (first >> 4 == 6)
			counts(&p, CTNET_IPV6_TCP);
		else
			counts_unparsed(&p, CTNET_IPV6_OTHER);
	}
}

/* Where a header that is read ends, and what the packet is known to be when it is cut before. */
struct cut {
	size_t end;
	enum ctnet_class class;
};

static void cut_everywhere(const struct packet *whole, const struct cut *cuts, enum ctnet_class class)
{
	for (size_t len = 14; len <= whole->len; len++) {
		struct packet p = *whole;
		const struct cut *cut = cuts;

		p.len = len;
		while (cut->end && len >= cut->end)
			cut++;
		if (cut->end)
			counts_unparsed(&p, cut->class);
		else
			counts(&p, class);
	}
}

/*
 * Behind a tag: some kernels refuse to run a test with half an IP header right behind the Ethernet header. test_wire.c
 * sends such.
 */
static void packets_cut_at_each_byte_are_counted_under_what_is_known(void **state)
{
	static const struct cut tagged[] = { { 22, CTNET_OTHER }, { 42, CTNET_IPV4_OTHER }, { 0 } };
	static const struct cut chained[] = { { 18, CTNET_OTHER }, { 98, CTNET_IPV6_OTHER }, { 0 } };
	struct packet p;

	add_ethernet(&p, ETH_SVLAN);
	add_vlan(&p, ETH_VLAN);
	add_vlan(&p, ETH_IPV4);
	add_ipv4(&p, TCP, 5, 0);
	add_tcp(&p, 3);
	cut_everywhere(&p, tagged, CTNET_IPV4_TCP);

	add_ethernet(&p, ETH_VLAN);
	add_vlan(&p, ETH_IPV6);
	add_ipv6(&p, HOP);
	add_extension(&p, AUTH, 0);
	add_authentication(&p, FRAGMENT, 3);
	add_fragment(&p, UDP, 0, 1); /* ends at 98 */
	add_udp(&p);
	cut_everywhere(&p, chained, CTNET_IPV6_UDP);
}

static void make_noise(struct packet *p, size_t len)
{
	for (unsigned char *at = packet_add(p, len); at < p->bytes + p->len; at++)
		*at = (unsigned char)random();
}

static void run_noise(const struct packet *p, uint32_t gso_size, uint32_t gso_segs)
{
	const struct __sk_buff context = { .gso_size = gso_size, .gso_segs = gso_segs };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = p->bytes, .data_size_in = (uint32_t)p->len, .ctx_in = &context,
	            .ctx_size_in = sizeof(context));

	assert_int_equal(bpf_prog_test_run_opts(traffic_program_fd(programs, CTNET_INGRESS), &opts), 0);
	assert_int_equal((int)opts.retval, -1);
}

/* No expectation but the verdict and that each is counted: noise behind each EtherType that is parsed. */
static void noise_passes_and_is_counted(void **state)
{
	static const unsigned int types[] = { ETH_IPV4, ETH_IPV6, ETH_VLAN, ETH_SVLAN, ETH_ARP };
	const struct seen before = look(LOOPBACK);
	uint64_t packets = 0, bytes = 0, want_bytes = 0;
	struct seen after;

	srandom(1); /* the same noise each time */
	for (int i = 0; i < 20000; i++) {
		unsigned int type = types[i % 5];
		struct packet p;

		add_ethernet(&p, type);
		make_noise(&p, (size_t)(type == ETH_IPV6 ? 40 : 20) + (size_t)random() % 200);
		if (i % 4) /* mostly of a version that is read on */
			p.bytes[14] = type == ETH_IPV6 ? 0x60 : 0x45;
		run_noise(&p, i % 3 ? 0 : (uint32_t)i, (uint32_t)i % 2);
		want_bytes += p.len;
	}
	after = look(LOOPBACK);
	for (int i = 0; i < CTNET_CLASSES; i++) {
		packets +=
			after.hook[CTNET_INGRESS].by_class[i].packets - before.hook[CTNET_INGRESS].by_class[i].packets;
		bytes += after.hook[CTNET_INGRESS].by_class[i].bytes - before.hook[CTNET_INGRESS].by_class[i].bytes;
	}
	assert_int_equal(packets, 20000);
	assert_int_equal(bytes, want_bytes);
	assert_int_equal(after.lost[CTNET_LOST_NO_ROW], before.lost[CTNET_LOST_NO_ROW]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_protocol_has_its_class_in_both_families),
		cmocka_unit_test(ipv4_options_do_not_hide_the_protocol),
		cmocka_unit_test(ipv4_fragments_have_the_class_of_their_protocol),
		cmocka_unit_test(arp_has_a_class_and_unknown_ethertypes_are_other),
		cmocka_unit_test(vlan_tags_are_looked_through_up_to_three),
		cmocka_unit_test(a_fourth_vlan_tag_is_unparsed),
		cmocka_unit_test(ipv6_extension_headers_are_walked),
		cmocka_unit_test(a_full_chain_of_extension_headers_is_walked),
		cmocka_unit_test(ipv6_fragments_have_the_class_of_their_protocol),
		cmocka_unit_test(payload_of_a_later_fragment_is_not_read_as_a_header),
		cmocka_unit_test(eight_extension_headers_are_walked_and_nine_are_not),
		cmocka_unit_test(an_ip_header_of_another_version_is_unparsed),
		cmocka_unit_test(packets_cut_at_each_byte_are_counted_under_what_is_known),
		cmocka_unit_test(noise_passes_and_is_counted),
	};

	return cmocka_run_group_tests(tests, open_programs, close_programs);
}
