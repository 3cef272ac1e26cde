/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the full program costs a packet beside an empty one, with BPF_PROG_TEST_RUN. Told, never judged: a time depends on the
 * machine and on who else runs there. Short rounds taken in turn, CPU time of this thread, medians: what disturbs one
 * disturbs both. A busy neighbour on the same core makes all of it slower; the fastest rounds are those without.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#include "bpf/passes.h"

#define ROUNDS 201
#define REPEAT 10000

static int empty_program(void)
{
	const struct bpf_insn next[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = -1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "empty", "GPL", next, ARRAY_SIZE(next), NULL);
}

static double cpu_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Nanoseconds a packet, of one round. */
static double round_ns(int fd, const struct packet *p, const struct __sk_buff *context)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = p->bytes, .data_size_in = (uint32_t)p->len, .repeat = REPEAT,
	            .ctx_in = context, .ctx_size_in = sizeof(*context));
	double start = cpu_ns();

	assert_int_equal(bpf_prog_test_run_opts(fd, &opts), 0);
	assert_int_equal((int)opts.retval, -1);
	return (cpu_ns() - start) / REPEAT;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *what, int program_fd, const struct packet *p, uint32_t gso_size)
{
	static double empty[ROUNDS], full[ROUNDS];
	const struct __sk_buff context = { .gso_size = gso_size, .gso_segs = gso_size ? 2 : 0 };
	_cleanup_close_ int fd = empty_program();

	assert_true(fd >= 0);
	for (int i = 0; i < ROUNDS; i++) {
		empty[i] = round_ns(fd, p, &context);
		full[i] = round_ns(program_fd, p, &context);
	}
	qsort(empty, ROUNDS, sizeof(*empty), compare);
	qsort(full, ROUNDS, sizeof(*full), compare);
	printf("# measured: %s, ns a packet above an empty program: median %.1f (%.1f - %.1f), fastest round %.1f "
	       "(%.1f - %.1f)\n",
	       what, full[ROUNDS / 2] - empty[ROUNDS / 2], full[ROUNDS / 2], empty[ROUNDS / 2], full[0] - empty[0],
	       full[0], empty[0]);
}

static void what_a_packet_costs_is_told(void **state)
{
	int fd = traffic_program_fd(programs, CTNET_INGRESS);
	int inner_fd = traffic_inner_program_fd(programs, CTNET_INGRESS);
	_cleanup_close_ int here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	struct packet p;
	uint32_t row;

	add_ethernet(&p, ETH_IPV4);
	add_ipv4(&p, TCP, 0, 0);
	add_tcp(&p, 3);
	packet_add(&p, 1514 - p.len);
	measure("1514-byte TCP over IPv4", fd, &p, 0);
	measure("the same, two segments", fd, &p, 1000);
	if (traffic_inside_refusal(programs)) {
		printf("# not measured inside: %s\n", traffic_inside_refusal(programs));
	} else {
		assert_int_equal(traffic_attach_inside(programs, here, LOOPBACK, &row), 0);
		measure("1514-byte TCP over IPv4, by the program for inside", inner_fd, &p, 0);
		traffic_detach_inside(programs, row);
	}
	add_ethernet(&p, ETH_IPV6);
	add_ipv6(&p, TCP);
	add_tcp(&p, 3);
	packet_add(&p, 1514 - p.len);
	measure("1514-byte TCP over IPv6", fd, &p, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_packet_costs_is_told),
	};

	return cmocka_run_group_tests(tests, open_programs, close_programs);
}
