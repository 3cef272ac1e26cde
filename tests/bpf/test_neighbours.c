/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Others who use traffic control on the same interface must not notice us: their filters, programs and qdiscs stay and run
 * through attach, detach, a kill and the next start.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bpf/pair.h"

/* A program of somebody else's that counts what it sees and gives @verdict to it. */
struct program {
	int map, fd;
};

static struct program make_program(int verdict)
{
	LIBBPF_OPTS(bpf_map_create_opts, direct, .map_flags = BPF_F_MMAPABLE);
	struct program p = { .map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "seen", 4, 8, 1, &direct) };
	const struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_VALUE,
		  .imm = p.map },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 1 },
		{ .code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_2, .imm = BPF_ADD },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = verdict },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	p.fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "neighbour", "GPL", insns, ARRAY_SIZE(insns), NULL);
	assert_true(p.fd >= 0);
	return p;
}

static void free_program(struct program *p)
{
	(void)close(p->fd);
	(void)close(p->map);
}

static uint64_t seen_by(const struct program *p)
{
	uint32_t key = 0;
	uint64_t seen = 0;

	assert_int_equal(bpf_map_lookup_elem(p->map, &key, &seen), 0);
	return seen;
}

static void add_filter(const struct program *p, enum bpf_tc_attach_point side, uint32_t priority)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)host(), .attach_point = side);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = p->fd, .handle = 1, .priority = priority);

	assert_int_equal(bpf_tc_attach(&hook, &opts), 0);
}

/*
 * A neighbour's chain on both sides: a program that sees all, then a u32 filter that matches all and so ends the chain, then
 * a program that sees what the u32 filter lets by.
 */
struct neighbour {
	struct program before, behind;
};

static struct neighbour move_in(void)
{
	struct neighbour n = { make_program(-1), make_program(-1) };

	for (int egress = 0; egress < 2; egress++) {
		enum bpf_tc_attach_point side = egress ? BPF_TC_EGRESS : BPF_TC_INGRESS;

		add_filter(&n.before, side, 3);
		assert_int_equal(shell("tc filter add dev host %s protocol all prio 5 u32 match u32 0 0 flowid 1:1",
		                       egress ? "egress" : "ingress"),
		                 0);
		add_filter(&n.behind, side, 9);
	}
	return n;
}

/* All three of them work on all of ten pings and their answers. */
static void runs(const struct neighbour *n)
{
	uint64_t before = seen_by(&n->before);

	ping();
	assert_true(seen_by(&n->before) >= before + 20);
	assert_int_equal(seen_by(&n->behind), 0);
}

static void move_out(struct neighbour *n)
{
	free_program(&n->before);
	free_program(&n->behind);
}

/* ---------------------------------------------------------------- beside neighbours */

static void a_neighbours_qdisc_and_filters_stay_and_run(void **state)
{
	enum attach_mode mode = *(const enum attach_mode *)*state;
	struct traffic_programs *programs;
	struct neighbour neighbour;

	assert_int_equal(shell("tc qdisc add dev host clsact"), 0);
	neighbour = move_in();
	programs = open_attached(mode);
	runs(&neighbour);
	assert_int_equal(pings_seen(programs), 10);
	traffic_free(programs);
	assert_int_equal(filters(), 0);
	runs(&neighbour);
	other_kill(other_start(mode));
	runs(&neighbour);
	programs = open_mode(mode);
	assert_int_equal(filters(), 0);
	runs(&neighbour);
	traffic_free(programs);
	runs(&neighbour);
	assert_true(has_qdisc());
	move_out(&neighbour);
}

static void a_qdisc_that_we_did_not_make_stays_even_empty(void **state)
{
	enum attach_mode mode = *(const enum attach_mode *)*state;

	assert_int_equal(shell("tc qdisc add dev host clsact"), 0);
	traffic_free(open_attached(mode));
	assert_true(has_qdisc());
	other_kill(other_start(mode));
	traffic_free(open_mode(mode));
	assert_int_equal(filters(), 0);
	assert_true(has_qdisc());
}

static void a_qdisc_that_we_made_stays_when_a_neighbour_uses_it(void **state)
{
	struct traffic_programs *programs = open_attached(ATTACH_CLSACT);
	struct neighbour neighbour = move_in();

	traffic_free(programs);
	assert_int_equal(filters(), 0);
	assert_true(has_qdisc());
	runs(&neighbour);
	move_out(&neighbour);
}

static void a_neighbours_filter_on_one_side_keeps_the_qdisc(void **state)
{
	struct traffic_programs *programs = open_attached(ATTACH_CLSACT);
	struct program neighbour = make_program(-1);

	add_filter(&neighbour, BPF_TC_EGRESS, 9);
	traffic_detach(programs, host());
	traffic_free(programs);
	assert_true(has_qdisc());
	ping();
	assert_true(seen_by(&neighbour) >= 10);
	free_program(&neighbour);
}

static void a_taken_first_priority_is_no_obstacle(void **state)
{
	struct traffic_programs *programs;

	assert_int_equal(shell("tc qdisc add dev host clsact"), 0);
	assert_int_equal(
		shell("tc filter add dev host ingress protocol ip prio 1 u32 match ip dst 10.9.9.9 flowid 1:1 && "
	              "tc filter add dev host ingress protocol all prio 2 u32 match u32 1 0xffffffff at 0 flowid 1:1"),
		0);
	programs = open_attached(ATTACH_CLSACT);
	assert_non_null(strstr(output_of("tc filter show dev host ingress"), "pref 3 bpf"));
	assert_non_null(strstr(output_of("tc filter show dev host egress"), "pref 1 bpf"));
	ping();
	assert_int_equal(pings_seen(programs), 10);
	traffic_free(programs);
	assert_int_equal(filters(), 0);
}

/* It has no egress side: a filter meant for that would count what comes in. */
static void an_ingress_qdisc_is_refused_and_left_alone(void **state)
{
	struct traffic_programs *programs;

	assert_int_equal(shell("tc qdisc add dev host ingress"), 0);
	programs = open_mode(ATTACH_CLSACT);
	assert_int_equal(traffic_attach(programs, host()), -EBUSY);
	assert_int_equal(traffic_attached(programs), 0);
	assert_int_equal(filters(), 0);
	assert_non_null(strstr(output_of("tc qdisc show dev host"), "qdisc ingress"));
	traffic_free(programs);
	traffic_free(open_attached(ATTACH_TCX));
	assert_non_null(strstr(output_of("tc qdisc show dev host"), "qdisc ingress"));
}

static void a_qdisc_deleted_under_us_does_no_harm(void **state)
{
	struct traffic_programs *programs = open_attached(ATTACH_CLSACT);

	assert_int_equal(shell("tc qdisc del dev host clsact"), 0);
	traffic_detach(programs, host());
	assert_int_equal(traffic_attach(programs, host()), 0);
	assert_int_equal(filters(), 2);
	traffic_free(programs);
	assert_false(has_qdisc());
}

/* Whoever comes first in the chain can end it; with TCX that is us, so what the last drops is counted. */
static void a_neighbours_tcx_programs_run_and_hide_nothing(void **state)
{
	struct program next = make_program(TCX_NEXT), drop = make_program(TCX_DROP);
	_cleanup_close_ int first = -1, second = -1;
	struct traffic_programs *programs = open_mode(ATTACH_TCX);

	first = bpf_link_create(next.fd, (int)host(), (enum bpf_attach_type)TCX_EGRESS, NULL);
	assert_true(first >= 0);
	assert_int_equal(traffic_attach(programs, host()), 0);
	ping();
	assert_int_equal(pings_seen(programs), 10);
	assert_true(seen_by(&next) >= 10);
	second = bpf_link_create(drop.fd, (int)host(), (enum bpf_attach_type)TCX_EGRESS, NULL);
	assert_true(second >= 0);
	assert_int_not_equal(shell("ping -q -c 2 -W 0.1 -i 0.002 10.0.0.2 >/dev/null 2>&1"), 0); /* theirs decides */
	assert_true(pings_seen_out(programs) >= 12);
	other_kill(other_start(ATTACH_TCX));
	traffic_free(programs);
	assert_int_equal(tcx_programs(), 2);
	assert_int_not_equal(shell("ping -q -c 1 -W 0.1 10.0.0.2 >/dev/null 2>&1"), 0);
	free_program(&next);
	free_program(&drop);
}

static void a_neighbour_that_drops_and_was_there_first_hides_nothing(void **state)
{
	struct program drop = make_program(TCX_DROP);
	struct traffic_programs *programs = open_mode(ATTACH_TCX);
	_cleanup_close_ int link = -1;

	assert_int_equal(shell("ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:01 dev host"), 0);
	link = bpf_link_create(drop.fd, (int)host(), (enum bpf_attach_type)TCX_EGRESS, NULL);
	assert_true(link >= 0);
	assert_int_equal(traffic_attach(programs, host()), 0);
	assert_int_not_equal(shell("ping -q -c 3 -W 0.1 -i 0.002 10.0.0.2 >/dev/null 2>&1"), 0);
	assert_true(pings_seen_out(programs) >= 3); /* ping sends again what it sees dropped */
	traffic_free(programs);
	free_program(&drop);
}

static void filters_that_only_look_like_ours_stay(void **state)
{
	struct program program = make_program(-1);
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)host(), .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = program.fd, .handle = 0xc7e00001, .priority = 1);

	assert_int_equal(shell("tc qdisc add dev host clsact"), 0);
	assert_int_equal(bpf_tc_attach(&hook, &opts), 0); /* our mark by chance, another name */
	traffic_free(open_attached(ATTACH_CLSACT));
	assert_non_null(strstr(output_of("tc filter show dev host ingress"), "neighbour"));
	assert_true(has_qdisc());
	free_program(&program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_both_modes(a_neighbours_qdisc_and_filters_stay_and_run),
		in_both_modes(a_qdisc_that_we_did_not_make_stays_even_empty),
		on_a_pair(a_qdisc_that_we_made_stays_when_a_neighbour_uses_it),
		on_a_pair(a_neighbours_filter_on_one_side_keeps_the_qdisc),
		on_a_pair(a_taken_first_priority_is_no_obstacle),
		on_a_pair(an_ingress_qdisc_is_refused_and_left_alone),
		on_a_pair(a_qdisc_deleted_under_us_does_no_harm),
		on_a_pair(a_neighbours_tcx_programs_run_and_hide_nothing),
		on_a_pair(a_neighbour_that_drops_and_was_there_first_hides_nothing),
		on_a_pair(filters_that_only_look_like_ours_stay),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
