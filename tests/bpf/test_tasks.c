/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own list of processes in foreign namespaces, beside what /proc says of the same ones: this machine's, which come and go, and
 * children of ours that do what is odd.
 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "bpf/lab.h"
#include "observe/namespaces/processes.h"

/* A look by each way. */
struct both {
	struct processes proc;
	struct processes kernel;
};

static uint64_t home;

static uint64_t netns_of(pid_t pid)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

static int open_both(void **state)
{
	struct both *both = calloc(1, sizeof(*both));
	struct fault fault = { 0 };

	home = netns_of(getpid());
	both->proc.home[0] = both->kernel.home[0] = home;
	if (processes_open(&both->proc, "/proc") < 0 || processes_open(&both->kernel, "/proc") < 0)
		return -1;
	*state = both;
	if (processes_ask_kernel(&both->kernel, &fault) == 0)
		return 0;
	print_error("%s\n", fault.text);
	return -1;
}

static int close_both(void **state)
{
	struct both *both = *state;

	processes_close(&both->proc);
	processes_close(&both->kernel);
	free(both);
	return 0;
}

static bool look(struct processes *processes)
{
	bool changed;

	assert_int_equal(processes_look(processes, &changed), 0);
	return changed;
}

/* The process that stands for a namespace; NULL where there is none. */
static const struct process *oldest(struct processes *processes, uint64_t netns)
{
	const struct process *const *groups;
	size_t count;

	(void)look(processes);
	assert_int_equal(processes_group(processes, &groups, &count), 0);
	for (size_t i = 0; i < count; i++) {
		if (groups[i]->netns == netns)
			return groups[i];
	}
	return NULL;
}

/* ---- children */

struct child {
	pid_t pid;
	int orders;
	int answers;
};

typedef void step_fn(void);

static struct child start_child(step_fn *first, step_fn *second)
{
	step_fn *const steps[] = { first, second };
	int orders[2], answers[2];
	struct child child;

	assert_int_equal(pipe2(orders, O_CLOEXEC), 0);
	assert_int_equal(pipe2(answers, O_CLOEXEC), 0);
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (child.pid == 0) {
		char c = 0;

		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)close(orders[1]);
		for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
			if (read(orders[0], &c, 1) != 1)
				_exit(1);
			steps[i]();
			if (write(answers[1], &c, 1) != 1)
				_exit(1);
		}
		(void)read(orders[0], &c, 1);
		_exit(0);
	}
	(void)close(orders[0]);
	(void)close(answers[1]);
	child.orders = orders[1];
	child.answers = answers[0];
	return child;
}

static void step(const struct child *child)
{
	char c = 0;

	assert_int_equal(write(child->orders, &c, 1), 1);
	assert_int_equal(read(child->answers, &c, 1), 1);
}

static void end_child(const struct child *child)
{
	(void)close(child->orders);
	(void)close(child->answers);
	(void)kill(child->pid, SIGKILL);
	(void)waitpid(child->pid, NULL, 0);
}

static void new_netns(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		_exit(1);
}

static void odd_name(void)
{
	(void)prctl(PR_SET_NAME, "a\n(b) \xff\x01 z");
}

/* ---- the facts */

/* Both lists of the same moment: of this machine, where others come and go, tried again until nobody did. */
static bool same_groups(struct both *both)
{
	const struct process *const *a, *const *b;
	size_t a_count, b_count;

	(void)look(&both->proc);
	(void)look(&both->kernel);
	assert_int_equal(processes_group(&both->proc, &a, &a_count), 0);
	assert_int_equal(processes_group(&both->kernel, &b, &b_count), 0);
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++) {
		if (a[i]->pid != b[i]->pid || a[i]->netns != b[i]->netns || a[i]->start_time != b[i]->start_time ||
		    strcmp(a[i]->comm, b[i]->comm) != 0)
			return false;
	}
	return true;
}

static void both_ways_tell_the_same(void **state)
{
	struct both *both = *state;
	struct child a = start_child(new_netns, odd_name), b = start_child(new_netns, odd_name);
	bool same = false;

	step(&a);
	step(&b);
	step(&b);
	for (int i = 0; i < 1000 && !same; i++)
		same = same_groups(both);
	assert_true(same);
	assert_int_equal(oldest(&both->kernel, netns_of(a.pid))->pid, a.pid);
	assert_int_equal(oldest(&both->kernel, netns_of(b.pid))->pid, b.pid);
	assert_string_equal(oldest(&both->kernel, netns_of(b.pid))->comm, oldest(&both->proc, netns_of(b.pid))->comm);
	assert_null(strpbrk(oldest(&both->kernel, netns_of(b.pid))->comm, "\n\x01\xff"));
	end_child(&a);
	end_child(&b);
}

static void those_at_home_are_left_out(void **state)
{
	struct both *both = *state;

	(void)look(&both->kernel);
	assert_null(oldest(&both->kernel, home));
	for (size_t i = 0; i < both->kernel.count; i++)
		assert_int_not_equal(both->kernel.items[i].pid, getpid());
}

/* By /proc it takes up to eight looks until it is found that an old process moved. */
static void a_move_is_seen_at_the_next_look(void **state)
{
	struct both *both = *state;
	struct child child = start_child(new_netns, new_netns);
	uint64_t first, second;

	step(&child);
	first = netns_of(child.pid);
	for (int i = 0; i < 20; i++)
		assert_int_equal(oldest(&both->kernel, first)->pid, child.pid);
	step(&child);
	second = netns_of(child.pid);
	assert_true(look(&both->kernel));
	assert_int_equal(oldest(&both->kernel, second)->pid, child.pid);
	end_child(&child);
}

static void *live_on(void *nothing)
{
	while (true)
		(void)pause();
	return nothing;
}

/* Its leading thread ends, another lives on: /proc/PID/ns/net is not to be read any more. */
static void lose_the_leader(void)
{
	pthread_t thread;

	new_netns();
	if (pthread_create(&thread, NULL, live_on, NULL) != 0)
		_exit(1);
}

static void quit_the_leader(void)
{
	pthread_exit(NULL);
}

static void who_lost_its_leader_is_left_out_as_proc_does(void **state)
{
	struct both *both = *state;
	struct child child = start_child(lose_the_leader, quit_the_leader);
	char order = 0;
	uint64_t netns;

	step(&child);
	netns = netns_of(child.pid);
	assert_int_equal(oldest(&both->kernel, netns)->pid, child.pid);
	assert_int_equal(write(child.orders, &order, 1), 1);
	while (netns_of(child.pid) != 0)
		(void)sched_yield();
	assert_null(oldest(&both->kernel, netns));
	assert_null(oldest(&both->proc, netns));
	end_child(&child);
}

static void who_ended_is_told_no_more(void **state)
{
	struct both *both = *state;
	struct child child = start_child(new_netns, new_netns);
	uint64_t netns;

	step(&child);
	netns = netns_of(child.pid);
	assert_non_null(oldest(&both->kernel, netns));
	(void)kill(child.pid, SIGKILL);
	while (netns_of(child.pid) != 0) /* a zombie: nobody has waited for it */
		(void)sched_yield();
	assert_true(look(&both->kernel));
	assert_null(oldest(&both->kernel, netns));
	end_child(&child);
}

/* More than one reading's worth of records. */
static void a_crowd_is_told_whole_and_in_order(void **state)
{
	enum { CROWD = 2500 };
	struct both *both = *state;
	_cleanup_free_ pid_t *pids = calloc(CROWD, sizeof(*pids));
	size_t found = 0;
	int stop[2];
	char c;

	assert_int_equal(pipe2(stop, O_CLOEXEC), 0);
	pids[0] = fork();
	if (pids[0] == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)close(stop[1]);
		new_netns();
		for (int i = 1; i < CROWD && fork() != 0; i++)
			;
		(void)read(stop[0], &c, 1);
		_exit(0);
	}
	(void)close(stop[0]);
	for (int i = 0; i < 10000 && found < CROWD; i++) {
		uint64_t netns = netns_of(pids[0]);

		found = 0;
		(void)look(&both->kernel);
		for (size_t k = 0; k < both->kernel.count; k++) {
			found += both->kernel.items[k].netns == netns;
			assert_true(k == 0 || both->kernel.items[k - 1].pid < both->kernel.items[k].pid);
		}
	}
	assert_int_equal(found, CROWD);
	(void)close(stop[1]);
	(void)waitpid(pids[0], NULL, 0);
}

/* Process ids mean something else there. */
static void in_another_pid_namespace_proc_has_to_do(void **state)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct processes processes = PROCESSES_INIT;
		struct fault fault;

		if (unshare(CLONE_NEWPID) < 0)
			_exit(1);
		pid = fork();
		if (pid == 0)
			_exit(processes_open(&processes, "/proc") < 0 ||
			      processes_ask_kernel(&processes, &fault) != -EXDEV || processes.tasks);
		(void)waitpid(pid, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_tell_the_same),
		cmocka_unit_test(those_at_home_are_left_out),
		cmocka_unit_test(a_move_is_seen_at_the_next_look),
		cmocka_unit_test(who_lost_its_leader_is_left_out_as_proc_does),
		cmocka_unit_test(who_ended_is_told_no_more),
		cmocka_unit_test(a_crowd_is_told_whole_and_in_order),
		cmocka_unit_test(in_another_pid_namespace_proc_has_to_do),
	};

	return cmocka_run_group_tests(tests, open_both, close_both);
}
