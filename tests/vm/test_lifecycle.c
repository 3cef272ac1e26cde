/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lifecycle probes on a kernel that has kprobes: run by tests/vm/run in a machine where nobody else makes namespaces.
 */
#include "vm/lifecycle_lab.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"

#define CHURN        10000
#define WAIT_SECONDS 120

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* 5.14, commit e8b9eab99232 */
#endif

/* ---------------------------------------------------------------- counting */

/* More threads inside setup_net() at once than a return probe has instances. */
static void a_parallel_burst_is_counted_exactly(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle total;

	lab_open(&lab, NULL);
	lab_churn(&lab, 100, 5);
	lab_wait_destroyed(&lab, 500, WAIT_SECONDS);
	lifecycle_read(lab.probes, &total);
	assert_int_equal(total.created, 500);
	assert_int_equal(total.destroyed, 500);
	assert_true(total.exact);
}

static void a_full_ring_loses_events_but_no_count(void **state)
{
	static const struct lifecycle_options tiny = { .ring_bytes = 4096 };
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle_losses losses;
	struct lifecycle total;
	uint64_t lost = 0;

	lab_open(&lab, &tiny);
	lab_churn_unread(300);
	lab_wait_unread(&lab, 300, WAIT_SECONDS);
	lab_wait_destroyed(&lab, 300, WAIT_SECONDS);
	lifecycle_read(lab.probes, &total);
	lifecycle_losses(lab.probes, &losses);
	assert_int_equal(total.created, 300);
	assert_int_equal(total.destroyed, 300);
	assert_true(total.exact);
	assert_histogram(&total.lifetime, 300);
	assert_true(total.lost > 0);
	for (enum ctnet_event_kind kind = 0; kind < CTNET_EVENT_KINDS; kind++) {
		assert_int_equal(lifecycle_seen(lab.probes, kind), lab_count(&lab, kind) + losses.events[kind]);
		lost += losses.events[kind];
	}
	assert_int_equal(total.lost, lost);
}

static void a_refused_namespace_is_not_counted(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle total;
	char before[32];

	lab_read_file("/proc/sys/user/max_net_namespaces", before, sizeof(before));
	lab_open(&lab, NULL);
	lab_write_file("/proc/sys/user/max_net_namespaces", "0");
	assert_int_not_equal(lab_try_unshare(), 0);
	lab_write_file("/proc/sys/user/max_net_namespaces", before);
	lab_churn(&lab, 1, 1);
	lab_wait_destroyed(&lab, 1, WAIT_SECONDS);
	lifecycle_read(lab.probes, &total);
	assert_int_equal(total.created, 1);
	assert_int_equal(total.destroyed, 1);
}

#define STARVED "/sys/fs/cgroup/ct-starved"

/* Ends by the kernel's hand, sooner or later: the namespaces of the past stay charged until the worker has come to them. */
static void starve(void *argument)
{
	lab_write_file(STARVED "/cgroup.procs", "0");
	for (size_t i = 0; i < 500; i++)
		(void)unshare(CLONE_NEWNET);
}

/* A task that the memory controller has killed gets no more memory: setup_net() fails somewhere inside. */
static void a_setup_that_fails_is_neither_created_nor_destroyed(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle total;

	(void)mkdir(STARVED, 0755);
	lab_write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	lab_write_file(STARVED "/memory.max", "1500000");
	lab_open(&lab, NULL);
	for (size_t i = 0; i < 50 && lifecycle_failed(lab.probes) < 3; i++)
		run_any_child(starve, NULL);
	lab_wait_destroyed(&lab, lifecycle_seen(lab.probes, CTNET_CREATED), WAIT_SECONDS);
	assert_int_equal(rmdir(STARVED), 0);
	lifecycle_read(lab.probes, &total);
	print_message("# note: %lu setups failed among %lu\n", lifecycle_failed(lab.probes), total.created);
	assert_int_equal(total.created, total.destroyed);
	assert_histogram(&total.lifetime, total.created);
	assert_true(lifecycle_failed(lab.probes) > 0);
}

static void a_namespace_from_before_is_counted_only_destroyed(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle total;

	run_ok("ip netns add ct-old");
	lab_open(&lab, NULL);
	run_ok("ip netns del ct-old");
	lab_wait_destroyed(&lab, 1, WAIT_SECONDS);
	lifecycle_read(lab.probes, &total);
	assert_int_equal(total.created, 0);
	assert_int_equal(total.destroyed, 1);
	assert_histogram(&total.teardown, 1);
	assert_histogram(&total.lifetime, 0);
	assert_int_equal(lab_event(&lab, CTNET_DESTROYED, 0)->birth, 0);
}

/* ---------------------------------------------------------------- what an event says of a namespace */

/* What the creator knows of itself and of its new namespace. */
struct creator {
	pid_t pid;
	uint64_t inode, cookie, cgroup, before, after;
};

static uint64_t boottime(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &now), 0);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void create_and_tell(void *argument)
{
	struct creator *creator = argument;
	socklen_t size = sizeof(creator->cookie);
	int fd;

	(void)prctl(PR_SET_NAME, "cre\nator");
	creator->pid = getpid();
	lab_write_file("/sys/fs/cgroup/ct-creator/cgroup.procs", "0");
	creator->before = boottime();
	if (unshare(CLONE_NEWNET))
		_exit(1);
	creator->after = boottime();
	creator->inode = inode_of("/proc/self/ns/net");
	creator->cgroup = inode_of("/sys/fs/cgroup/ct-creator");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &creator->cookie, &size))
		_exit(1);
}

static void the_events_of_a_namespace_tell_whose_it_is(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct creator *creator = shared_alloc(sizeof(*creator));
	const struct lifecycle_event *created, *dying, *destroyed;

	(void)mkdir("/sys/fs/cgroup/ct-creator", 0755);
	lab_open(&lab, NULL);
	run_child(create_and_tell, creator);
	lab_wait_destroyed(&lab, 1, WAIT_SECONDS);
	assert_int_equal(rmdir("/sys/fs/cgroup/ct-creator"), 0);

	created = lab_event(&lab, CTNET_CREATED, 0);
	assert_int_equal(created->inode, creator->inode);
	assert_int_equal(created->cookie, creator->cookie);
	assert_int_equal(created->pid, creator->pid);
	assert_int_equal(created->tid, creator->pid);
	assert_int_equal(created->cgroup, creator->cgroup);
	assert_string_equal(created->comm, "cre?ator");
	assert_int_equal(created->birth, created->time);
	assert_true(creator->before < created->time && created->time < creator->after);

	dying = lab_event(&lab, CTNET_DYING, 0);
	destroyed = lab_event(&lab, CTNET_DESTROYED, 0);
	for (size_t i = 0; i < 2; i++) {
		const struct lifecycle_event *event = i == 0 ? dying : destroyed;

		assert_int_equal(event->inode, creator->inode);
		assert_int_equal(event->cookie, creator->cookie);
		assert_int_equal(event->birth, created->birth);
		assert_int_equal(event->pid, 0);
	}
	assert_int_equal(dying->duration, dying->time - created->time);
	assert_int_equal(destroyed->duration, destroyed->time - dying->time);
}

/* ---------------------------------------------------------------- without some of the functions */

static const struct probe_status *status_of(const struct lab *lab, const char *name)
{
	size_t count;
	const struct probe_status *status = lifecycle_status(lab->probes, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(status[i].name, name) == 0)
			return &status[i];
	}
	fail_msg("no probe %s", name);
	return NULL;
}

/* Five namespaces; then what was counted. */
static void count_five(struct lab *lab, const char *const *absent, struct lifecycle *ret)
{
	const struct lifecycle_options options = { .absent = absent };

	lab_open(lab, &options);
	lab_churn(lab, 1, 5);
	lab_wait_kind(lab, status_of(lab, "destroyed")->attached ? CTNET_DESTROYED : CTNET_DYING, 5, WAIT_SECONDS);
	lifecycle_read(lab->probes, ret);
}

static void every_probe_finds_its_place_here(void **state)
{
	_cleanup_lab_ struct lab lab = LAB_INIT;
	size_t count;
	const struct probe_status *status;

	lab_open(&lab, NULL);
	status = lifecycle_status(lab.probes, &count);
	for (size_t i = 0; i < count; i++) {
		print_message("# %s: %s\n", status[i].name, status[i].attached ? status[i].symbol : status[i].why);
		assert_true(status[i].attached);
		assert_string_equal(status[i].why, "");
	}
}

static void without_time_namespaces_the_return_of_setup_counts(void **state)
{
	static const char *const absent[] = { "copy_time_ns", NULL };
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle total;

	count_five(&lab, absent, &total);
	assert_string_equal(status_of(&lab, "created")->symbol, "setup_net");
	assert_int_equal(total.created, 5);
	assert_histogram(&total.setup, 5);
	assert_false(total.exact);
}

/*
 * Why the return of setup_net() is the second choice. What it missed is told since 6.7, less what two CPUs counted in the same instant:
 * pre_handler_kretprobe() adds to nmissed without a lock (185 seen and 314 told of 500, once).
 */
static void a_burst_of_returns_is_missed_and_not_called_exact(void **state)
{
	static const char *const absent[] = { "copy_time_ns", NULL };
	static const struct lifecycle_options options = { .absent = absent };
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle_losses losses;
	struct lifecycle total;

	lab_open(&lab, &options);
	lab_churn(&lab, 100, 5);
	lab_wait_destroyed(&lab, 500, WAIT_SECONDS);
	lifecycle_read(lab.probes, &total);
	lifecycle_losses(lab.probes, &losses);
	print_message("# note: %lu of 500 returns of setup_net() were seen, %lu told as missed\n", total.created,
	              losses.missed);
	assert_int_equal(total.destroyed, 500);
	assert_false(total.exact);
	assert_true(total.created < 500);
	assert_true(total.created + losses.missed <= 500);
}

static void without_the_last_exit_function_another_counts(void **state)
{
	static const char *const absent[] = { "net_ns_net_exit", NULL };
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle total;

	count_five(&lab, absent, &total);
	assert_string_equal(status_of(&lab, "destroyed")->symbol, "netdev_exit");
	assert_int_equal(total.destroyed, 5);
	assert_histogram(&total.teardown, 5);
	assert_true(total.exact);
}

static void an_absent_function_costs_its_own_event_only(void **state)
{
	static const char *const absent[] = { "copy_time_ns", "setup_net", NULL };
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle total;

	count_five(&lab, absent, &total);
	assert_false(status_of(&lab, "created")->attached);
	assert_non_null(strstr(status_of(&lab, "created")->why, "copy_time_ns"));
	assert_false(status_of(&lab, "setup")->attached);
	assert_true(status_of(&lab, "destroyed")->attached);
	assert_int_equal(total.created, 0);
	assert_int_equal(total.destroyed, 5);
	assert_false(total.exact);
}

/* The worker is the last of three places that tell of a death; without all three the time is missing, no more. */
static void a_death_unseen_costs_its_time_only(void **state)
{
	static const char *const absent[] = { "__put_net", "netns_put", "ipv4_frags_pre_exit_net", NULL };
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle_losses losses;
	struct lifecycle total;

	count_five(&lab, absent, &total);
	lifecycle_losses(lab.probes, &losses);
	assert_int_equal(total.created, 5);
	assert_int_equal(total.destroyed, 5);
	assert_true(total.exact);
	assert_histogram(&total.setup, 5);
	assert_histogram(&total.teardown, 0);
	assert_int_equal(losses.untimed, 5);
}

static void the_worker_tells_of_a_death_nobody_saw(void **state)
{
	static const char *const absent[] = { "__put_net", "netns_put", NULL };
	_cleanup_lab_ struct lab lab = LAB_INIT;
	struct lifecycle total;

	count_five(&lab, absent, &total);
	assert_int_equal(lab_count(&lab, CTNET_DYING), 5);
	assert_histogram(&total.teardown, 5);
}

struct refusal {
	int error;
	struct fault fault;
};

static void open_as_nobody(void *argument)
{
	struct lifecycle_probes *probes = NULL;
	struct refusal *refusal = argument;

	if (setresuid(65534, 65534, 65534))
		_exit(1);
	refusal->error = lifecycle_open(NULL, &probes, &refusal->fault);
}

static void without_privilege_the_capability_is_named(void **state)
{
	struct refusal *refusal = shared_alloc(sizeof(*refusal));

	run_child(open_as_nobody, refusal);
	assert_int_equal(refusal->error, -EPERM);
	assert_int_equal(refusal->fault.code, EXIT_CODE_NOT_PERMITTED);
	assert_non_null(strstr(refusal->fault.text, "CAP_BPF"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_probe_finds_its_place_here),
		cmocka_unit_test(the_events_of_a_namespace_tell_whose_it_is),
		cmocka_unit_test(a_namespace_from_before_is_counted_only_destroyed),
		cmocka_unit_test(a_refused_namespace_is_not_counted),
		cmocka_unit_test(a_setup_that_fails_is_neither_created_nor_destroyed),
		cmocka_unit_test(a_full_ring_loses_events_but_no_count),
		cmocka_unit_test(a_parallel_burst_is_counted_exactly),
		cmocka_unit_test(without_time_namespaces_the_return_of_setup_counts),
		cmocka_unit_test(a_burst_of_returns_is_missed_and_not_called_exact),
		cmocka_unit_test(without_the_last_exit_function_another_counts),
		cmocka_unit_test(an_absent_function_costs_its_own_event_only),
		cmocka_unit_test(a_death_unseen_costs_its_time_only),
		cmocka_unit_test(the_worker_tells_of_a_death_nobody_saw),
		cmocka_unit_test(without_privilege_the_capability_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
