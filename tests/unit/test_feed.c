/* SPDX-License-Identifier: GPL-2.0-only */
/* The agent's feed over real sockets, in a network namespace of the test's own: its abstract name is nobody else's there. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#include "app/feed.h"
#include "base/buf.h"
#include "base/cleanup.h"

#define WAIT_MS 10000

static int open_one(void **state)
{
	struct feed *feed = NULL;
	struct fault fault = { .code = EXIT_CODE_OK };

	assert_int_equal(feed_open(&feed, &fault), 0);
	assert_int_equal(fault.code, EXIT_CODE_OK);
	*state = feed;
	return 0;
}

static int close_it(void **state)
{
	feed_free(*state);
	return 0;
}

static int reader(struct feed *feed)
{
	int fd = feed_connect();

	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	feed_dispatch(feed);
	return fd;
}

/* All that can be read now. Returns whether the stream goes on. */
static bool read_all(int fd, struct buf *into)
{
	ssize_t got;

	do {
		assert_int_equal(buf_reserve(into, 65536), 0);
		got = read(fd, into->data + into->len, 65536);
		if (got > 0)
			into->len += (size_t)got;
		into->data[into->len] = '\0';
	} while (got > 0);
	return got < 0 && errno == EAGAIN;
}

static void reads(int fd, const char *wanted)
{
	_cleanup_buf_ struct buf got = BUF_INIT;

	assert_true(read_all(fd, &got));
	assert_string_equal(got.data, wanted);
}

static void publish(struct feed *feed, const char *line)
{
	feed_publish(feed, line, strlen(line));
}

static void a_reader_gets_recent_lines_then_new_ones(void **state)
{
	struct feed *feed = *state;
	_cleanup_close_ int first = reader(feed);
	_cleanup_close_ int second = -1;

	publish(feed, "one\n");
	publish(feed, "two\n");
	reads(first, "one\ntwo\n");
	second = reader(feed);
	reads(second, "one\ntwo\n");
	publish(feed, "three\n");
	reads(first, "three\n");
	reads(second, "three\n");
	assert_int_equal(feed_lost(feed), 0);
}

static void a_line_is_as_long_as_is_said(void **state)
{
	struct feed *feed = *state;
	_cleanup_close_ int first = reader(feed);
	_cleanup_close_ int second = -1;

	feed_publish(feed, "one\ntwo\n", 4);
	second = reader(feed);
	reads(first, "one\n");
	reads(second, "one\n");
}

static void recent_lines_are_the_last_ones(void **state)
{
	struct feed *feed = *state;
	_cleanup_buf_ struct buf wanted = BUF_INIT;
	_cleanup_close_ int fd = -1;

	for (int i = 0; i < FEED_RECENT + 10; i++) {
		char line[32];

		(void)snprintf(line, sizeof(line), "line %d\n", i);
		publish(feed, line);
		if (i >= 10)
			assert_int_equal(buf_puts(&wanted, line), 0);
	}
	fd = reader(feed);
	reads(fd, wanted.data);
}

/* What a reader was given: whole lines "N xxx…" in order, and notices of how many are missing between them. */
struct account {
	uint64_t got, lost, notices;
	uint64_t next; /* number that the next line may have at least */
	char *whole;   /* what the lines look like behind the number */
};

static void take_line(struct account *account, char *line)
{
	uint64_t number;
	char *end;

	if (sscanf(line, "{\"lost\": %lu}", &number) == 1) {
		assert_int_equal(number > 0, true);
		account->lost += number;
		account->notices++;
		return;
	}
	number = strtoul(line, &end, 10);
	assert_string_equal(end, account->whole);
	assert_true(number >= account->next);
	account->next = number + 1;
	account->got++;
}

/* Reads on until every line is accounted for, letting the feed go on when it wants to. */
static void account_for(struct feed *feed, int fd, uint64_t total, struct account *account)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t begin = 0;

	while (account->got + account->lost < total) {
		struct pollfd ready[] = { { .fd = fd, .events = POLLIN }, { .fd = feed_fd(feed), .events = POLLIN } };
		char *end;

		assert_true(poll(ready, 2, WAIT_MS) > 0);
		assert_true(read_all(fd, &text));
		feed_dispatch(feed);
		while ((end = strchr(text.data + begin, '\n'))) {
			*end = '\0';
			take_line(account, text.data + begin);
			begin = (size_t)(end - text.data) + 1;
		}
	}
	assert_int_equal(begin, text.len);
	assert_int_equal(account->got + account->lost, total);
}

static void a_reader_that_does_not_read_loses_lines_and_is_told_how_many(void **state)
{
	enum { LINES = 4000 };
	char filling[1000];
	struct account quick = { .whole = filling };
	struct account slow = { .whole = filling };
	struct feed *feed = *state;
	_cleanup_close_ int quick_fd = reader(feed);
	_cleanup_close_ int slow_fd = reader(feed);

	(void)memset(filling, 'x', sizeof(filling) - 1);
	filling[0] = ' ';
	filling[sizeof(filling) - 1] = '\0';
	for (uint64_t i = 0; i < LINES; i++) {
		char line[1100];

		(void)snprintf(line, sizeof(line), "%lu%s\n", i, filling);
		publish(feed, line);
		account_for(feed, quick_fd, i + 1, &quick);
	}
	assert_int_equal(quick.got, LINES); /* one slow reader is no matter to another */
	assert_true(feed_lost(feed) > 0);
	account_for(feed, slow_fd, LINES, &slow);
	assert_int_equal(slow.lost, feed_lost(feed));
	assert_int_equal(slow.notices, 1);
	assert_true(slow.got > 512); /* what it may lag behind, 512 KiB, and the socket's own room */
	assert_true(slow.got < 2000);
	publish(feed, "after\n");
	reads(slow_fd, "after\n");
}

static void there_is_room_for_so_many_readers(void **state)
{
	struct feed *feed = *state;
	int fds[FEED_CLIENTS];
	_cleanup_buf_ struct buf none = BUF_INIT;
	int late;

	for (size_t i = 0; i < FEED_CLIENTS; i++)
		fds[i] = reader(feed);
	late = reader(feed);
	assert_false(read_all(late, &none)); /* its end, and not a line */
	assert_int_equal(none.len, 0);
	(void)close(late);
	publish(feed, "one\n");
	for (size_t i = 0; i < FEED_CLIENTS; i++)
		reads(fds[i], "one\n");

	/* one leaves, another comes in its place */
	(void)close(fds[3]);
	feed_dispatch(feed);
	fds[3] = reader(feed);
	reads(fds[3], "one\n");
	for (size_t i = 0; i < FEED_CLIENTS; i++)
		(void)close(fds[i]);
}

/* SIGPIPE would end the agent, were it not held back at the send itself. */
static void a_reader_may_leave_at_any_time(void **state)
{
	struct feed *feed = *state;
	_cleanup_close_ int stays = reader(feed);
	int leaves = reader(feed);

	(void)signal(SIGPIPE, SIG_DFL);
	(void)close(leaves);
	publish(feed, "one\n");
	publish(feed, "two\n");
	feed_dispatch(feed);
	reads(stays, "one\ntwo\n");
	assert_int_equal(feed_lost(feed), 0);
}

static void what_a_reader_says_is_passed_over(void **state)
{
	struct feed *feed = *state;
	_cleanup_close_ int fd = reader(feed);
	char words[1000];

	memset(words, 'w', sizeof(words));
	assert_int_equal(write(fd, words, sizeof(words)), sizeof(words));
	for (int i = 0; i < 20; i++)
		feed_dispatch(feed);
	publish(feed, "one\n");
	reads(fd, "one\n");
}

static void a_second_agent_is_told_of_the_first(void **state)
{
	struct feed *second = (struct feed *)&state;
	struct fault fault = { .code = EXIT_CODE_OK };

	assert_int_equal(feed_open(&second, &fault), -EADDRINUSE);
	assert_ptr_equal(second, &state); /* untouched */
	assert_int_equal(fault.code, EXIT_CODE_RUNTIME);
	assert_non_null(strstr(fault.text, "another ctnetd is running in this network namespace"));
}

static void without_an_agent_there_is_nobody_to_connect_to(void **state)
{
	struct feed *feed = NULL;
	int fd;

	assert_int_equal(feed_connect(), -ECONNREFUSED);
	(void)open_one((void **)&feed);
	fd = reader(feed);
	feed_free(feed);
	assert_int_equal(read(fd, &(char){ 0 }, 1), 0);
	(void)close(fd);
	assert_int_equal(feed_connect(), -ECONNREFUSED);
	feed_free(NULL);
}

/* A child that does something and says how it went by its exit status. */
static pid_t child(int (*what)(void))
{
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(what());
	}
	return pid;
}

static int wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int be_an_agent_and_die(void)
{
	struct feed *feed;

	if (feed_open(&feed, NULL) == 0)
		(void)raise(SIGKILL);
	return 1;
}

static void a_killed_agent_leaves_nothing_in_the_way(void **state)
{
	struct feed *feed = NULL;

	assert_int_equal(wait_for(child(be_an_agent_and_die)), -1);
	assert_int_equal(feed_open(&feed, NULL), 0);
	feed_free(feed);
}

static int connect_from_elsewhere(void)
{
	return unshare(CLONE_NEWNET) == 0 && feed_connect() == -ECONNREFUSED ? 0 : 1;
}

static void another_namespace_has_another_agent(void **state)
{
	assert_int_equal(wait_for(child(connect_from_elsewhere)), 0);
}

/* 0: let in; 2: shown the door without a line; 3: cannot be another user here. */
static int read_as_another_user(void)
{
	char first;
	int fd;

	if (setgid(65534) < 0 || setuid(65534) < 0)
		return 3;
	fd = feed_connect();
	if (fd < 0)
		return 1;
	return read(fd, &first, 1) == 1 ? 0 : 2;
}

static void another_user_is_not_let_in(void **state)
{
	struct feed *feed = *state;
	struct pollfd ready = { .fd = feed_fd(feed), .events = POLLIN };
	int result;
	pid_t pid;

	publish(feed, "secret\n");
	pid = child(read_as_another_user);
	while (waitpid(pid, &result, WNOHANG) == 0) {
		(void)poll(&ready, 1, 10);
		feed_dispatch(feed);
	}
	assert_true(WIFEXITED(result));
	if (WEXITSTATUS(result) == 3) {
		print_message("# there is no other user in this user namespace\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(result), 2);
}

/* A namespace of our own: as root, or else in a user namespace where one may be had. */
static bool enter(void)
{
	return unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

#define FEED_TEST(f) cmocka_unit_test_setup_teardown(f, open_one, close_it)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FEED_TEST(a_reader_gets_recent_lines_then_new_ones),
		FEED_TEST(a_line_is_as_long_as_is_said),
		FEED_TEST(recent_lines_are_the_last_ones),
		FEED_TEST(a_reader_that_does_not_read_loses_lines_and_is_told_how_many),
		FEED_TEST(there_is_room_for_so_many_readers),
		FEED_TEST(a_reader_may_leave_at_any_time),
		FEED_TEST(what_a_reader_says_is_passed_over),
		FEED_TEST(a_second_agent_is_told_of_the_first),
		cmocka_unit_test(without_an_agent_there_is_nobody_to_connect_to),
		cmocka_unit_test(a_killed_agent_leaves_nothing_in_the_way),
		FEED_TEST(another_namespace_has_another_agent),
		FEED_TEST(another_user_is_not_let_in),
	};

	if (!enter()) {
		printf("ok - feed # SKIP no network namespace of our own to be had: %s\n", strerror(errno));
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
