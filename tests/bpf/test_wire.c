/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames that really pass a pair: cut off within their headers, which BPF_PROG_TEST_RUN refuses for IP, and with headers that do not
 * lie in the linear part of the packet, as a packet socket's send ring makes them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cmocka.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "bpf/packet.h"
#include "bpf/pair.h"

static int packet_socket(void)
{
	const struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_ifindex = (int)host() };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void send_plain(const struct packet *p)
{
	_cleanup_close_ int fd = packet_socket();

	assert_int_equal(send(fd, p->bytes, p->len, 0), p->len);
}

/* The kernel copies the Ethernet header and takes the rest of the ring's frame as a page: nothing else is linear. */
static void send_by_ring(const struct packet *p)
{
	_cleanup_close_ int fd = packet_socket();
	struct tpacket_req ring = { .tp_block_size = 8192, .tp_block_nr = 1, .tp_frame_size = 8192, .tp_frame_nr = 1 };
	struct tpacket2_hdr *frame;
	int version = TPACKET_V2;

	assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)), 0);
	assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_TX_RING, &ring, sizeof(ring)), 0);
	frame = mmap(NULL, ring.tp_block_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(frame != MAP_FAILED);
	memcpy((char *)frame + TPACKET2_HDRLEN - sizeof(struct sockaddr_ll), p->bytes, p->len);
	frame->tp_len = (uint32_t)p->len;
	frame->tp_status = TP_STATUS_SEND_REQUEST;
	assert_int_equal(send(fd, NULL, 0, 0), p->len);
	assert_int_equal(munmap(frame, ring.tp_block_size), 0);
}

struct seen {
	struct ctnet_counters hook[CTNET_HOOKS];
	uint64_t lost[CTNET_TRAFFIC_LOSSES];
};

static struct seen look(const struct traffic_programs *programs)
{
	struct seen seen;

	assert_int_equal(traffic_read(programs, host(), seen.hook), 0);
	traffic_losses(programs, seen.lost);
	return seen;
}

/* The egress program of host saw just this. */
static void leaves_as(const struct traffic_programs *programs, const struct packet *p,
                      void (*sent)(const struct packet *), enum ctnet_class class, bool unparsed)
{
	struct seen model = look(programs), after;

	model.hook[CTNET_EGRESS].by_class[class].packets += 1;
	model.hook[CTNET_EGRESS].by_class[class].bytes += p->len;
	model.lost[CTNET_LOST_UNPARSED] += unparsed;
	sent(p);
	after = look(programs);
	assert_memory_equal(&after, &model, sizeof(model));
}

static void cut(const struct traffic_programs *programs, const struct packet *whole,
                void (*sent)(const struct packet *), size_t known_at, const enum ctnet_class classes[2])
{
	for (size_t len = ETH_HLEN + 1; len <= whole->len; len++) {
		struct packet p = *whole;
		bool known = len >= known_at;

		p.len = len;
		leaves_as(programs, &p, sent, classes[known], !known);
	}
}

static void ip_headers_cut_at_each_byte_are_counted_under_their_family(void **state)
{
	static const enum ctnet_class v4[] = { CTNET_IPV4_OTHER, CTNET_IPV4_TCP };
	static const enum ctnet_class v6[] = { CTNET_IPV6_OTHER, CTNET_IPV6_UDP };
	static void (*const ways[])(const struct packet *) = { send_plain, send_by_ring };
	struct traffic_programs *programs = open_attached(*(const enum attach_mode *)*state);
	struct packet p;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		add_ethernet(&p, ETH_IPV4);
		add_ipv4(&p, TCP, 2, 0);
		add_tcp(&p, 0);
		cut(programs, &p, ways[i], 14 + 20, v4);
		add_ethernet(&p, ETH_IPV6);
		add_ipv6(&p, HOP);
		add_extension(&p, UDP, 0);
		add_udp(&p);
		cut(programs, &p, ways[i], 14 + 40 + 8, v6);
		add_ethernet(&p, ETH_IPV4);
		add_ipv4(&p, TCP, 0, 0);
		add_tcp(&p, 0);
		cut(programs, &p, ways[i], 14 + 20, v4);
		add_ethernet(&p, ETH_IPV6);
		add_ipv6(&p, UDP);
		add_udp(&p);
		cut(programs, &p, ways[i], 14 + 40, v6);
	}
	traffic_free(programs);
}

/* Every header of these lies in a page of the ring. */
static void headers_outside_the_linear_part_are_read(void **state)
{
	struct traffic_programs *programs = open_attached(*(const enum attach_mode *)*state);
	struct packet p;

	add_ethernet(&p, ETH_IPV4);
	add_ipv4(&p, SCTP, 10, 0);
	packet_add(&p, 1200);
	leaves_as(programs, &p, send_by_ring, CTNET_IPV4_SCTP, false);
	add_ethernet(&p, ETH_SVLAN);
	add_vlan(&p, ETH_VLAN);
	add_vlan(&p, ETH_IPV6);
	add_ipv6(&p, ROUTING);
	add_extension(&p, AUTH, 2);
	add_authentication(&p, ICMP6, 3);
	packet_add(&p, 1200);
	leaves_as(programs, &p, send_by_ring, CTNET_IPV6_ICMP, false);
	add_ethernet(&p, ETH_ARP);
	packet_add(&p, 28);
	leaves_as(programs, &p, send_by_ring, CTNET_ARP, false);
	traffic_free(programs);
}

/* Ingress is what the guest sends; the socket is made in its namespace. */
static void what_the_guest_sends_is_counted_on_ingress(void **state)
{
	struct traffic_programs *programs = open_attached(*(const enum attach_mode *)*state);
	struct ctnet_counters counters[CTNET_HOOKS];

	assert_int_equal(shell("nsenter -t %d -n ping -q -c 10 -i 0.002 -s 1000 10.0.0.1 >/dev/null", guest), 0);
	assert_int_equal(traffic_read(programs, host(), counters), 0);
	for (int hook = 0; hook < CTNET_HOOKS; hook++) {
		assert_int_equal(counters[hook].by_class[CTNET_IPV4_ICMP].packets, 10);
		assert_int_equal(counters[hook].by_class[CTNET_IPV4_ICMP].bytes, 10 * (14 + 20 + 8 + 1000));
	}
	assert_true(counters[CTNET_INGRESS].by_class[CTNET_ARP].packets >= 1);
	traffic_free(programs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_both_modes(ip_headers_cut_at_each_byte_are_counted_under_their_family),
		in_both_modes(headers_outside_the_linear_part_are_read),
		in_both_modes(what_the_guest_sends_is_counted_on_ingress),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
