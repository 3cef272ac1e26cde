/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ctnet's program takes for one packet, by kind of packet, beside an empty program, with BPF_PROG_TEST_RUN. Short rounds in turn
 * and CPU time of this thread: what disturbs one disturbs both.
 */
#include <err.h>
#include <fcntl.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/empty.h"
#include "bpf/lab.h"
#include "bpf/packet.h"
#include "observe/kernel/traffic.h"

#define ROUNDS   101
#define REPEAT   10000
#define LOOPBACK 1U

/* ---- the packets */

static void fill_to(struct packet *p, size_t size)
{
	if (size > p->len)
		(void)packet_add(p, size - p->len);
}

static void tcp4(struct packet *p)
{
	add_ethernet(p, ETH_IPV4);
	add_ipv4(p, TCP, 0, 0);
	add_tcp(p, 3);
}

static void udp4(struct packet *p)
{
	add_ethernet(p, ETH_IPV4);
	add_ipv4(p, UDP, 0, 0);
	add_udp(p);
}

static void icmp4(struct packet *p)
{
	add_ethernet(p, ETH_IPV4);
	add_ipv4(p, ICMP, 0, 0);
}

static void arp(struct packet *p)
{
	add_ethernet(p, ETH_ARP);
	(void)packet_add(p, 28);
}

static void tcp6(struct packet *p)
{
	add_ethernet(p, ETH_IPV6);
	add_ipv6(p, TCP);
	add_tcp(p, 3);
}

static void udp6_behind_two_extensions(struct packet *p)
{
	add_ethernet(p, ETH_IPV6);
	add_ipv6(p, HOP);
	add_extension(p, DESTINATION, 0);
	add_extension(p, UDP, 0);
	add_udp(p);
}

static void vlan_tcp4(struct packet *p)
{
	add_ethernet(p, ETH_VLAN);
	add_vlan(p, ETH_IPV4);
	add_ipv4(p, TCP, 0, 0);
	add_tcp(p, 3);
}

static const struct kind {
	const char *name;
	void (*make)(struct packet *p);
	size_t size;
	unsigned int gso_size;
	bool main; /* the one that the limit is for */
} kinds[] = {
	{ "TCP/IPv4, 1514 bytes", tcp4, 1514, 0, true },
	{ "TCP/IPv4, 66 bytes", tcp4, 66, 0, false },
	{ "UDP/IPv4, 64 bytes", udp4, 64, 0, false },
	{ "ICMP, 98 bytes", icmp4, 98, 0, false },
	{ "ARP, 42 bytes", arp, 42, 0, false },
	{ "TCP/IPv6, 1514 bytes", tcp6, 1514, 0, false },
	{ "UDP/IPv6 behind two extension headers, 128 bytes", udp6_behind_two_extensions, 128, 0, false },
	{ "TCP/IPv4 in a VLAN, 1514 bytes", vlan_tcp4, 1514, 0, false },
	{ "TCP/IPv4, super-packet (GSO)", tcp4, 3500, 1448, false },
	{ "TCP/IPv6, super-packet (GSO)", tcp6, 3500, 1428, false },
};

/* ---- measuring */

#define GSO_SEGMENTS 46 /* of 64 KiB: BPF_PROG_TEST_RUN takes a page of bytes, the program reads the number */

static double round_ns(int fd, const struct packet *p, unsigned int gso_size)
{
	const struct __sk_buff context = {
		.gso_size = gso_size,
		.gso_segs = gso_size ? GSO_SEGMENTS : 0,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = p->bytes, .data_size_in = (uint32_t)p->len, .repeat = REPEAT,
	            .ctx_in = &context, .ctx_size_in = sizeof(context));
	double start = clock_seconds(CLOCK_THREAD_CPUTIME_ID);
	int r = bpf_prog_test_run_opts(fd, &opts);

	if (r < 0)
		errx(1, "BPF_PROG_TEST_RUN: %s", strerror(-r));
	return (clock_seconds(CLOCK_THREAD_CPUTIME_ID) - start) * 1e9 / REPEAT;
}

static void measure(const struct kind *kind, const char *name, int empty, int full, bool judged)
{
	static double base[ROUNDS], above[ROUNDS];
	const struct limit limit = { judged ? AT_MOST : NO_LIMIT, 6 };
	struct packet p;

	kind->make(&p);
	fill_to(&p, kind->size);
	for (size_t i = 0; i < ROUNDS; i++) {
		base[i] = round_ns(empty, &p, kind->gso_size);
		above[i] = round_ns(full, &p, kind->gso_size) - base[i];
	}
	if (judged)
		tell_rounds("cost", "empty program", base, ROUNDS, "ns", (struct limit){ NO_LIMIT, 0 });
	tell_rounds("cost", name, above, ROUNDS, "ns", limit);
}

/* The programs that stand inside other namespaces, where the kernel has what they need. */
static void measure_inside(struct traffic_programs *programs, int empty)
{
	_cleanup_close_ int here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	uint32_t row;

	if (traffic_inside_refusal(programs)) {
		progress(traffic_inside_refusal(programs));
		return;
	}
	if (traffic_attach_inside(programs, here, LOOPBACK, &row) < 0)
		errx(1, "cannot attach to loopback as from inside");
	measure(&kinds[0], "TCP/IPv4, 1514 bytes, counted inside a namespace", empty,
	        traffic_inner_program_fd(programs, CTNET_INGRESS), false);
	traffic_detach_inside(programs, row);
}

int main(void)
{
	struct traffic_programs *programs;
	struct fault fault = { 0 };
	_cleanup_close_ int empty = -1;

	if (lab_enter() != 0)
		errx(1, "needs root and a namespace of its own");
	empty = empty_load();
	if (empty < 0)
		errx(1, "cannot load an empty program: %s", strerror(-empty));
	if (traffic_open(ATTACH_AUTO, &programs, &fault) < 0)
		errx(1, "%s", fault.text);
	if (traffic_attach(programs, LOOPBACK) < 0)
		errx(1, "cannot attach to loopback");
	progress("cost of a packet in the program, above an empty one");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		measure(&kinds[i], kinds[i].name, empty, traffic_program_fd(programs, CTNET_INGRESS), kinds[i].main);
	measure_inside(programs, empty);
	traffic_free(programs);
	return 0;
}
