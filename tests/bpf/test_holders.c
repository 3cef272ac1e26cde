/* SPDX-License-Identifier: GPL-2.0-only */
/* What keeps a namespace alive that no process is in: a mount, a descriptor, a socket of real processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "holders_lab.h"
#include "observe/namespaces/holders.h"

static struct holders find(const uint64_t *inodes, size_t count)
{
	struct holders holders;

	assert_int_equal(holders_find(PROC, inodes, count, &holders), 0);
	return holders;
}

/* The only holder of a namespace. */
static struct holder only_holder(uint64_t inode)
{
	struct holders holders = find(&inode, 1);
	struct holder holder;

	assert_int_equal(holders.items.count, 1);
	holder = *holders_of(&holders, inode);
	holders_free(&holders);
	assert_int_equal(holder.inode, inode);
	return holder;
}

static const char *text_of(const struct holder *holder)
{
	static char text[512];

	holder_format(holder, text, sizeof(text));
	return text;
}

static void leads_to(const struct holder *holder, uint64_t inode)
{
	char path[512];
	uint64_t found;

	holder_path(holder, path, sizeof(path));
	assert_int_equal(stat_inode(path, &found), 0);
	assert_int_equal(found, inode);
}

static void a_mount_in_another_mount_namespace_is_found(void **state)
{
	struct child child = start("mounter", &(struct how){ .mount = "/mnt/blue net" });
	struct holder holder = only_holder(child.inode);

	assert_int_equal(holder.kind, HOLDER_MOUNT);
	assert_int_equal(holder.pid, child.pid);
	assert_int_equal(holder.fd, -1);
	assert_string_equal(holder.path, "/mnt/blue net");
	assert_string_equal(holder.comm, "mounter");
	assert_string_equal(text_of(&holder), "mount /mnt/blue net");
	assert_int_not_equal(access("/mnt/blue net", F_OK), 0); /* it is not in ours */
	leads_to(&holder, child.inode);
	end(child);
}

static void a_descriptor_of_a_process_is_found(void **state)
{
	struct child child = start("b) S 1 (", &(struct how){ .descriptor = true });
	struct holder holder = only_holder(child.inode);
	char wanted[64];

	assert_int_equal(holder.kind, HOLDER_DESCRIPTOR);
	assert_int_equal(holder.pid, child.pid);
	assert_int_equal(holder.fd, FD);
	(void)snprintf(wanted, sizeof(wanted), "process %d (b) S 1 (), descriptor %d", child.pid, FD);
	assert_string_equal(text_of(&holder), wanted);
	leads_to(&holder, child.inode);
	end(child);
}

/* What /proc/PID/fd tells of it is "/", as of a directory: there it may stand among some. */
static void a_descriptor_whose_mount_is_no_more_is_found(void **state)
{
	struct child child =
		start("detached", &(struct how){ .mount = "/mnt/x", .descriptor = true, .unmounts = true });
	struct child directory = start("directory", &(struct how){ .directory = "/" });
	struct holder holder = only_holder(child.inode);
	struct holders holders;
	uint64_t here;

	assert_int_equal(holder.kind, HOLDER_DESCRIPTOR);
	assert_int_equal(holder.pid, child.pid);
	assert_int_equal(holder.fd, FD);
	leads_to(&holder, child.inode);
	assert_int_equal(stat_inode("/proc/self/ns/net", &here), 0);
	assert_int_equal(holders_find_others(PROC, &here, 1, false, &holders), 0);
	assert_int_equal(holders.items.count, 1);
	assert_int_equal(holders_of(&holders, child.inode)->pid, child.pid);
	holders_free(&holders);
	end(child);
	end(directory);
}

/* Namespaces of all kinds have their inodes from one place, and may be mounted alike. */
static void a_namespace_of_another_kind_is_none_of_ours(void **state)
{
	struct child child =
		start("other",
	              &(struct how){
			      .mount = "/mnt/x", .source = "/proc/self/ns/uts", .descriptor = true, .unmounts = true });
	struct holders holders;

	assert_int_equal(holders_find_others(PROC, NULL, 0, false, &holders), 0);
	assert_int_equal(holders.items.count, 0);
	holders_free(&holders);
	end(child);
}

static void a_socket_alone_is_found(void **state)
{
	static const int families[] = { AF_INET, AF_INET6, AF_UNIX };

	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct child child = start("sock", &(struct how){ .family = families[i] });
		struct holder holder = only_holder(child.inode);
		char wanted[64], path[64];

		assert_int_equal(holder.kind, HOLDER_SOCKET);
		assert_int_equal(holder.pid, child.pid);
		assert_int_equal(holder.fd, FD + 1);
		(void)snprintf(wanted, sizeof(wanted), "socket %d of process %d (sock)", FD + 1, child.pid);
		assert_string_equal(text_of(&holder), wanted);
		holder_path(&holder, path, sizeof(path));
		assert_string_equal(path, "");
		end(child);
	}
}

/* A mount says most, then a descriptor; sockets are asked only where nothing else is known. */
static void the_best_holder_comes_first(void **state)
{
	struct child all = start("all", &(struct how){ .mount = "/mnt/x", .descriptor = true, .family = AF_INET });
	struct child two = start("two", &(struct how){ .descriptor = true, .family = AF_INET });
	uint64_t inodes[2] = { all.inode, two.inode };
	struct holders holders;

	if (inodes[0] > inodes[1]) {
		inodes[0] = two.inode;
		inodes[1] = all.inode;
	}
	holders = find(inodes, 2);
	assert_int_equal(holders_of(&holders, all.inode)->kind, HOLDER_MOUNT);
	assert_int_equal(holders_of(&holders, two.inode)->kind, HOLDER_DESCRIPTOR);
	assert_int_equal(holders.items.count, 3); /* a mount and two descriptors */
	holders_free(&holders);
	end(all);
	end(two);
}

static void a_mount_comes_first_whoever_has_it(void **state)
{
	struct child holds = start("holds", &(struct how){ .descriptor = true });
	struct child mounts = start("mounts", &(struct how){ .mount = "/mnt/x", .joins = holds.pid });
	struct holders holders = find(&holds.inode, 1);

	assert_int_equal(mounts.inode, holds.inode);
	assert_true(holds.pid < mounts.pid);
	assert_int_equal(holders.items.count, 2);
	assert_int_equal(holders_of(&holders, holds.inode)->pid, mounts.pid);
	holders_free(&holders);
	end(holds);
	end(mounts);
}

/* Found in the order of processes, which need not be that of namespaces: all have a holder, and no socket is asked. */
static void holders_are_in_order_whatever_order_processes_are_in(void **state)
{
	struct child one = start("one", &(struct how){ .descriptor = true, .family = AF_INET });
	struct child two = start("two", &(struct how){ .descriptor = true, .family = AF_INET });
	struct child low = one.inode < two.inode ? one : two;
	struct child high = one.inode < two.inode ? two : one;
	const uint64_t inodes[2] = { low.inode, high.inode };
	struct child last = start("last", &(struct how){ .descriptor = true, .joins = low.pid });
	struct holders holders;

	end(low);
	holders = find(inodes, 2);
	assert_int_equal(holders.items.count, 2);
	assert_int_equal(holders_of(&holders, low.inode)->pid, last.pid);
	assert_int_equal(holders_of(&holders, high.inode)->pid, high.pid);
	holders_free(&holders);
	end(high);
	end(last);
}

static void we_ourselves_are_no_holder(void **state)
{
	struct child child = start("holds", &(struct how){ .descriptor = true });
	_cleanup_close_ int fd = -1;
	struct holders holders;
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", child.pid, FD);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	end(child);
	holders = find(&child.inode, 1);
	assert_int_equal(holders.items.count, 0);
	holders_free(&holders);
}

/* One of several is held by a socket alone: then sockets are looked at, and it is among them. */
static void each_of_several_has_its_own(void **state)
{
	struct child children[] = {
		start("one", &(struct how){ .mount = "/mnt/x" }),
		start("two", &(struct how){ .descriptor = true }),
		start("three", &(struct how){ .family = AF_INET }),
	};
	static const enum holder_kind kinds[] = { HOLDER_MOUNT, HOLDER_DESCRIPTOR, HOLDER_SOCKET };

	for (size_t i = 0; i < ARRAY_SIZE(children); i++) {
		uint64_t inodes[ARRAY_SIZE(children)];
		struct holders holders;

		for (size_t n = 0; n < ARRAY_SIZE(children); n++) { /* sorted: there are three */
			size_t at = 0;

			for (size_t m = 0; m < ARRAY_SIZE(children); m++)
				at += children[m].inode < children[n].inode;
			inodes[at] = children[n].inode;
		}
		holders = find(inodes, ARRAY_SIZE(inodes));
		assert_int_equal(holders_of(&holders, children[i].inode)->kind, kinds[i]);
		assert_int_equal(holders_of(&holders, children[i].inode)->pid, children[i].pid);
		holders_free(&holders);
	}
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		end(children[i]);
}

static void who_has_ended_holds_nothing(void **state)
{
	struct child child = start("short", &(struct how){ .mount = "/mnt/x", .descriptor = true, .family = AF_INET });
	struct holders holders;

	end(child);
	holders = find(&child.inode, 1);
	assert_int_equal(holders.items.count, 0);
	assert_null(holders_of(&holders, child.inode));
	holders_free(&holders);
}

static void what_is_not_asked_for_is_not_told(void **state)
{
	struct child child = start("other", &(struct how){ .mount = "/mnt/x", .descriptor = true, .family = AF_INET });
	struct holders holders = find(&(uint64_t){ 1 }, 1);

	assert_int_equal(holders.items.count, 0);
	holders_free(&holders);
	holders = find(NULL, 0);
	assert_int_equal(holders.items.count, 0);
	holders_free(&holders);
	end(child);
}

/* A path cut short would lead elsewhere. */
static void a_path_that_is_too_long_is_passed_over(void **state)
{
	char path[300] = "/mnt/";
	struct child child;
	struct holder holder;

	memset(path + 5, 'x', 255);
	child = start("long", &(struct how){ .mount = path, .descriptor = true });
	holder = only_holder(child.inode);
	assert_int_equal(holder.kind, HOLDER_DESCRIPTOR);
	end(child);
}

static void names_of_processes_and_mounts_are_cleaned(void **state)
{
	struct child child = start("\x1b[2J", &(struct how){ .mount = "/mnt/\x1b[2J\xff", .descriptor = true });
	struct holders holders = find(&child.inode, 1);
	const struct holder *descriptor = array_at(&holders.items, 1);
	char wanted[64];

	leads_to(holders_of(&holders, child.inode), child.inode); /* by its raw bytes */
	assert_string_equal(text_of(holders_of(&holders, child.inode)), "mount /mnt/?[2J?");
	(void)snprintf(wanted, sizeof(wanted), "process %d (?[2J), descriptor %d", child.pid, FD);
	assert_string_equal(text_of(descriptor), wanted);
	holders_free(&holders);
	end(child);
}

/* Two processes in one mount namespace: it is read once, and found whichever of the two ends. */
static void a_mount_namespace_is_read_once(void **state)
{
	struct child child = start("first", &(struct how){ .mount = "/mnt/x" });
	char path[64];
	pid_t second;
	int ready[2];
	char byte;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/mnt", child.pid);
	assert_int_equal(pipe(ready), 0);
	(void)fflush(NULL);
	second = fork();
	if (second == 0) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (fd >= 0 && setns(fd, CLONE_NEWNS) == 0)
			(void)!write(ready[1], "", 1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	assert_int_equal(only_holder(child.inode).kind, HOLDER_MOUNT);
	end(child);
	assert_int_equal(only_holder(child.inode).pid, second);
	end((struct child){ .pid = second });
}

static void what_nothing_else_tells_of_is_found(void **state)
{
	struct child child = start("open", &(struct how){ .descriptor = true });
	struct child socket = start("sock", &(struct how){ .family = AF_UNIX });
	struct holders holders;
	uint64_t here;

	assert_int_equal(stat_inode("/proc/self/ns/net", &here), 0);
	assert_int_equal(holders_find_others(PROC, &here, 1, false, &holders), 0);
	assert_int_equal(holders.items.count, 1);
	assert_int_equal(holders_of(&holders, child.inode)->pid, child.pid);
	holders_free(&holders);
	assert_int_equal(holders_find_others(PROC, &here, 1, true, &holders), 0);
	assert_int_equal(holders.items.count, 2);
	assert_int_equal(holders_of(&holders, socket.inode)->kind, HOLDER_SOCKET);
	holders_free(&holders);
	end(child);
	end(socket);
}

static void without_proc_it_says_so(void **state)
{
	struct holders holders = { .items = { .count = 99 } };

	assert_int_equal(holders_find("/nowhere", NULL, 0, &holders), -ENOENT);
	assert_int_equal(holders.items.count, 99); /* untouched */
}

static int lowest_free_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	(void)close(fd);
	return fd;
}

/* A descriptor of ours on a namespace or a socket would itself be a holder. */
static void no_descriptor_is_kept(void **state)
{
	int lowest = lowest_free_descriptor();
	struct child child = start("sock", &(struct how){ .family = AF_INET });

	for (int i = 0; i < 3; i++)
		assert_int_equal(only_holder(child.inode).kind, HOLDER_SOCKET);
	assert_int_equal(lowest_free_descriptor(), lowest);
	end(child);
}

static int test_all(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mount_in_another_mount_namespace_is_found),
		cmocka_unit_test(a_descriptor_of_a_process_is_found),
		cmocka_unit_test(a_descriptor_whose_mount_is_no_more_is_found),
		cmocka_unit_test(a_namespace_of_another_kind_is_none_of_ours),
		cmocka_unit_test(a_socket_alone_is_found),
		cmocka_unit_test(the_best_holder_comes_first),
		cmocka_unit_test(a_mount_comes_first_whoever_has_it),
		cmocka_unit_test(holders_are_in_order_whatever_order_processes_are_in),
		cmocka_unit_test(we_ourselves_are_no_holder),
		cmocka_unit_test(each_of_several_has_its_own),
		cmocka_unit_test(who_has_ended_holds_nothing),
		cmocka_unit_test(what_is_not_asked_for_is_not_told),
		cmocka_unit_test(a_path_that_is_too_long_is_passed_over),
		cmocka_unit_test(names_of_processes_and_mounts_are_cleaned),
		cmocka_unit_test(a_mount_namespace_is_read_once),
		cmocka_unit_test(what_nothing_else_tells_of_is_found),
		cmocka_unit_test(without_proc_it_says_so),
		cmocka_unit_test(no_descriptor_is_kept),
	};

	return cmocka_run_group_tests_name("holders", tests, NULL, NULL);
}

int main(void)
{
	if (geteuid() != 0) {
		printf("ok - holders # SKIP needs root\n");
		return 0;
	}
	return in_a_lab(test_all);
}
