/* SPDX-License-Identifier: GPL-2.0-only */
/* Where an agent listens: how an address is read, and that no socket of somebody else is ever taken away. */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "app/listen.h"
#include "base/cleanup.h"
#include "tree.h"

static void an_address_is_read(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
	} cases[] = {
		{ "127.0.0.1:9477", "127.0.0.1", 9477 }, { "0.0.0.0:1", "0.0.0.0", 1 }, { "9477", "127.0.0.1", 9477 },
		{ ":65535", "127.0.0.1", 65535 },        { "[::1]:9477", "::1", 9477 }, { "[::]:80", "::", 80 },
		{ "[127.0.0.1]:80", "127.0.0.1", 80 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct listen_address where;
		const struct sockaddr_in *ip4 = (const struct sockaddr_in *)&where.ip;
		const struct sockaddr_in6 *ip6 = (const struct sockaddr_in6 *)&where.ip;
		char host[INET6_ADDRSTRLEN];
		bool is_ip4;

		assert_int_equal(listen_parse(cases[i].text, &where, NULL), 0);
		is_ip4 = where.any.sa_family == AF_INET;
		assert_int_equal(where.len, is_ip4 ? sizeof(*ip4) : sizeof(*ip6));
		assert_non_null(inet_ntop(where.any.sa_family, is_ip4 ? (const void *)&ip4->sin_addr : &ip6->sin6_addr,
		                          host, sizeof(host)));
		assert_string_equal(host, cases[i].host);
		assert_int_equal(ntohs(is_ip4 ? ip4->sin_port : ip6->sin6_port), cases[i].port);
		assert_string_equal(where.text, cases[i].text);
	}
}

static void a_local_socket_is_read(void **state)
{
	struct listen_address where;

	assert_int_equal(listen_parse("unix:/run/ctnet.sock", &where, NULL), 0);
	assert_int_equal(where.any.sa_family, AF_UNIX);
	assert_string_equal(where.local.sun_path, "/run/ctnet.sock");
	assert_int_equal(listen_parse("off", &where, NULL), 0);
	assert_int_equal(where.len, 0);
}

static void what_is_no_address_is_said_with_the_remedy(void **state)
{
	static const char no_address[] =
		"not an address and a port (try 127.0.0.1:9477, [::1]:9477, unix:/run/ctnet.sock or off)";
	static const char no_path[] = "the path of a socket must be absolute (try unix:/run/ctnet.sock)";
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", no_address },
		{ ":", no_address },
		{ "127.0.0.1", no_address },
		{ "127.0.0.1:", no_address },
		{ "127.0.0.1:0", no_address },
		{ "127.0.0.1:65536", no_address },
		{ "127.0.0.1:http", no_address },
		{ "::1:9477", no_address },
		{ "[::1]9477", no_address },
		{ "yes", no_address },
		{ "localhost:9477", "localhost is not an IP address (names are not looked up; try 127.0.0.1:9477)" },
		{ "1.2.3:80", "1.2.3 is not an IP address (names are not looked up; try 127.0.0.1:9477)" },
		{ "unix:", no_path },
		{ "unix:ctnet.sock", no_path },
		{ "unix:/run/", no_path },
		{ "unix:/01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
		  "1234567",
		  "the path of a socket has at most 107 bytes" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct listen_address where = { .len = 7 };
		struct fault why = { .code = EXIT_CODE_OK };

		assert_int_equal(listen_parse(cases[i].text, &where, &why), -EINVAL);
		assert_string_equal(why.text, cases[i].why);
		assert_int_equal(where.len, 7);
	}
}

/* ---- local sockets */

static struct listen_address local(const struct tree *tree)
{
	static char text[TREE_PATH_MAX];
	struct listen_address where;

	(void)snprintf(text, sizeof(text), "unix:%s", tree_path(tree, "s"));
	assert_int_equal(listen_parse(text, &where, NULL), 0);
	return where;
}

static bool is_there(const struct tree *tree, const char *name)
{
	struct stat st;

	return lstat(tree_path(tree, name), &st) == 0;
}

static bool answers(const struct tree *tree)
{
	struct listen_address where = local(tree);
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return connect(fd, &where.any, where.len) == 0;
}

/* A socket that somebody bound there; left behind where @fd is closed. */
static int bind_socket(const struct tree *tree)
{
	struct listen_address where = local(tree);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, &where.any, where.len), 0);
	return fd;
}

static void refused(const struct tree *tree, int error, const char *said)
{
	struct listen_address where = local(tree);
	struct listener listener = LISTENER_INIT;
	struct fault fault = { .code = EXIT_CODE_OK };

	assert_int_equal(listener_open(&where, &listener, &fault), error);
	assert_int_equal(fault.code, EXIT_CODE_RUNTIME);
	assert_non_null(strstr(fault.text, where.text));
	assert_non_null(strstr(fault.text, said));
	assert_int_equal(listener.fd, -1);
}

static void a_socket_comes_and_goes(void **state)
{
	const struct tree *tree = *state;
	struct listen_address where = local(tree);
	struct listener listener = LISTENER_INIT;
	struct stat st;

	assert_int_equal(listener_open(&where, &listener, NULL), 0);
	assert_true(answers(tree));
	assert_int_equal(stat(tree_path(tree, "s"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0666);
	refused(tree, -EADDRINUSE, "another program does; stop it, or name another with --listen");
	listener_close(&listener);
	assert_false(is_there(tree, "s") || is_there(tree, "s.ctnetd"));
	listener_close(&listener);
}

/* As kill -9 leaves it. */
static void what_an_agent_left_behind_is_replaced(void **state)
{
	const struct tree *tree = *state;
	struct listen_address where = local(tree);
	struct listener listener = LISTENER_INIT;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(listener_open(&where, &listener, NULL), 0);
		assert_int_equal(close(listener.fd), 0);
		assert_true(is_there(tree, "s") && !answers(tree));
	}
	assert_int_equal(listener_open(&where, &listener, NULL), 0);
	assert_true(answers(tree));
	listener_close(&listener);
	assert_false(is_there(tree, "s"));
}

static void nobody_elses_socket_is_taken_away(void **state)
{
	const struct tree *tree = *state;
	struct listen_address where = local(tree);
	struct listener listener = LISTENER_INIT;
	int fd = bind_socket(tree);

	assert_int_equal(listen(fd, 1), 0);
	refused(tree, -EADDRINUSE, "another program does");
	assert_int_equal(close(fd), 0);
	refused(tree, -EEXIST, "a socket is there that ctnetd did not make; remove it");
	assert_true(is_there(tree, "s"));

	/* also where an agent listened there once, and its mark is left */
	assert_int_equal(unlink(tree_path(tree, "s")), 0);
	assert_int_equal(listener_open(&where, &listener, NULL), 0);
	assert_int_equal(unlink(tree_path(tree, "s")), 0);
	assert_int_equal(close(bind_socket(tree)), 0);
	refused(tree, -EEXIST, "that ctnetd did not make");
	listener_close(&listener); /* the file is not its own any more */
	assert_true(is_there(tree, "s"));
}

static void a_file_that_is_no_socket_stays(void **state)
{
	const struct tree *tree = *state;

	tree_text(tree, "s", "dear to somebody\n");
	refused(tree, -EEXIST, "a file that is no socket is there; name another with --listen");
	assert_true(is_there(tree, "s"));
	assert_int_equal(unlink(tree_path(tree, "s")), 0);
	tree_link(tree, "s", "elsewhere");
	refused(tree, -EEXIST, "a file that is no socket is there");
	assert_true(is_there(tree, "s") && !is_there(tree, "elsewhere"));
}

static void what_cannot_be_had_is_said_with_the_remedy(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "192.0.2.1:9477", "name an address of this machine with --listen" },
		{ "unix:/nowhere/at/all", "No such file or directory; name another with --listen" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct listener listener = LISTENER_INIT;
		struct listen_address where;
		struct fault fault;

		assert_int_equal(listen_parse(cases[i].text, &where, NULL), 0);
		assert_true(listener_open(&where, &listener, &fault) < 0);
		assert_non_null(strstr(fault.text, cases[i].text));
		assert_non_null(strstr(fault.text, cases[i].said));
	}
}

static int make(void **state)
{
	static struct tree tree;

	tree_make(&tree);
	*state = &tree;
	return 0;
}

static int clear(void **state)
{
	tree_remove(*state, "");
	return 0;
}

#define TREE_TEST(f) cmocka_unit_test_setup_teardown(f, make, clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_read),
		cmocka_unit_test(a_local_socket_is_read),
		cmocka_unit_test(what_is_no_address_is_said_with_the_remedy),
		TREE_TEST(a_socket_comes_and_goes),
		TREE_TEST(what_an_agent_left_behind_is_replaced),
		TREE_TEST(nobody_elses_socket_is_taken_away),
		TREE_TEST(a_file_that_is_no_socket_stays),
		cmocka_unit_test(what_cannot_be_had_is_said_with_the_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
