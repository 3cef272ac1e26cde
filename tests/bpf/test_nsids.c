/* SPDX-License-Identifier: GPL-2.0-only */
/* Which namespace stands behind which nsid: real namespaces, the kernel's own answers. */
#include "wiring_lab.h"

#include "observe/nsids.h"

struct node {
	struct wiring *wiring;
	struct namespaces *namespaces;
	struct nsids *nsids;
	uint64_t now;
};

static void open_node(struct node *node)
{
	const struct namespaces_options options = { .proc = "/proc", .netns_dir = "/run/netns" };
	struct fault fault = { .code = EXIT_CODE_OK };

	*node = (struct node){ .wiring = open_wiring() };
	if (namespaces_open(&options, &node->namespaces, &fault) < 0)
		fail_msg("namespaces_open: %s", fault.text);
	assert_int_equal(nsids_new(&node->nsids), 0);
}

static void close_node(struct node *node)
{
	nsids_free(node->nsids);
	namespaces_free(node->namespaces);
	wiring_free(node->wiring);
}

/* One look: who there is, and behind which nsid. */
static struct ns_seen *look(struct node *node, size_t *ret_count)
{
	struct ns_seen *seen;

	assert_int_equal(namespaces_refresh(node->namespaces, ++node->now), 0);
	seen = namespaces_seen(node->namespaces, ret_count);
	assert_int_equal(nsids_fill(node->nsids, node->wiring, node->namespaces, seen, *ret_count), 0);
	return seen;
}

static const struct ns_seen *row(struct node *node, uint64_t inode)
{
	size_t count;
	const struct ns_seen *seen = look(node, &count);

	for (size_t i = 0; i < count; i++) {
		if (seen[i].inode == inode)
			return &seen[i];
	}
	return NULL;
}

/* The inode of a named namespace; NULL: ours. */
static uint64_t inode_of(const char *name)
{
	char path[256] = "/proc/self/ns/net";
	struct stat st;

	if (name)
		(void)snprintf(path, sizeof(path), "/run/netns/%s", name);
	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

/* As `ip netns list-id` has it: {"nsid":0,"name":"a"}. */
static int32_t ips_nsid_of(const char *name)
{
	json_t *rows = ask_json("ip -j netns list-id");
	int32_t nsid = NSID_HERE;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *one = json_array_get(rows, i);

		if (strcmp(text_of(one, "name"), name) == 0)
			nsid = (int32_t)number_of(one, "nsid", NSID_HERE);
	}
	json_decref(rows);
	return nsid;
}

/* As the kernel answers for it alone: 6.18 ends a list of nsids after 134 of them. */
static int32_t kernels_nsid_of(struct node *node, const char *name)
{
	_cleanup_close_ int fd = -1;
	char path[256];
	int32_t nsid;

	(void)snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(wiring_nsid_of_fd(node->wiring, fd, &nsid), 0);
	return nsid;
}

/* Until the kernel says that the nsid was taken back. */
static bool is_looked_at(const struct node *node, int32_t nsid)
{
	size_t count;
	const struct ns_links *tables = wiring_links(node->wiring, &count);

	for (size_t i = 0; i < count; i++) {
		if (tables[i].nsid == nsid)
			return true;
	}
	return false;
}

static void each_namespace_has_the_nsid_that_ip_says(void **state)
{
	size_t before = open_descriptors();
	struct node node;

	run("ip netns add a; ip netns add b; ip netns add alone");
	run("ip netns set b 77");
	run("ip link add h0 type veth peer name eth0 netns a");
	run("ip link add h1 type veth peer name eth0 netns b");
	open_node(&node);
	assert_int_equal(row(&node, inode_of("a"))->nsid, ips_nsid_of("a"));
	assert_int_equal(row(&node, inode_of("b"))->nsid, 77);
	assert_true(row(&node, inode_of("alone"))->nsid >= 0); /* given, as no link leads here */
	assert_int_equal(row(&node, inode_of("alone"))->nsid, kernels_nsid_of(&node, "alone"));
	assert_int_equal(row(&node, inode_of(NULL))->nsid, NSID_HERE);
	assert_int_equal(nsids_inode(node.nsids, 77), inode_of("b"));
	assert_int_equal(nsids_inode(node.nsids, ips_nsid_of("a")), inode_of("a"));
	assert_int_equal(nsids_inode(node.nsids, 1000000007), 0);
	assert_int_equal(nsids_inode(node.nsids, NSID_HERE), 0);
	close_node(&node);
	assert_int_equal(open_descriptors(), before); /* an open one would keep a namespace alive */
}

/* The kernel gives ourselves an nsid as well, when somebody asks for the links of a namespace whose peers are here. */
static void we_are_here_whatever_our_own_nsid(void **state)
{
	struct node node;

	run("ip netns add a; ip link add h0 type veth peer name eth0 netns a");
	run("ip netns attach me $$; ip netns set me 5");
	open_node(&node);
	assert_int_equal(row(&node, inode_of(NULL))->nsid, NSID_HERE);
	close_node(&node);
}

static void who_has_none_is_given_one_that_goes_with_it(void **state)
{
	struct node node;
	uint64_t inode;
	int32_t nsid;

	run("ip netns add a");
	inode = inode_of("a");
	open_node(&node);
	nsid = row(&node, inode)->nsid;
	assert_int_equal(nsid, kernels_nsid_of(&node, "a"));
	assert_int_equal(row(&node, inode)->nsid, nsid); /* and is remembered */
	assert_true(is_looked_at(&node, nsid));
	run("ip netns del a"); /* what we know of it holds it not */
	for (int i = 0; i < 400 && is_looked_at(&node, nsid); i++) {
		(void)usleep(50000);
		assert_int_equal(wiring_dispatch(node.wiring), 0);
	}
	assert_false(is_looked_at(&node, nsid));
	close_node(&node);
}

/* The event is all there is to know it by: inode and nsid may both be given out again at once. */
static void an_nsid_taken_back_makes_the_next_namespace_another(void **state)
{
	struct node node;
	uint64_t inode, birth;

	run("ip netns add a; ip netns set a 3");
	inode = inode_of("a");
	open_node(&node);
	birth = row(&node, inode)->birth;
	assert_int_equal(row(&node, inode)->birth, birth);
	nsids_changed(node.nsids, node.namespaces, 3, true); /* as if it had been destroyed */
	assert_int_equal(nsids_inode(node.nsids, 3), 0);
	/* seen again under its inode: another one, asked anew */
	assert_true(row(&node, inode)->birth > birth);
	assert_int_equal(row(&node, inode)->nsid, 3);
	assert_int_equal(nsids_inode(node.nsids, 3), inode);
	close_node(&node);
}

/* It may be another's before this very look is joined with the links that lead there. */
static void an_nsid_taken_back_while_looking_is_nobodys(void **state)
{
	struct ns_seen *seen;
	struct node node;
	uint64_t inode;
	size_t count;

	run("ip netns add a; ip netns set a 3");
	inode = inode_of("a");
	open_node(&node);
	(void)look(&node, &count);
	assert_true(nsids_confirm(node.nsids, namespaces_seen(node.namespaces, &count), count));
	assert_int_equal(row(&node, inode)->nsid, 3); /* remembered, not asked */
	nsids_changed(node.nsids, node.namespaces, 3, true);
	seen = namespaces_seen(node.namespaces, &count);
	assert_true(nsids_confirm(node.nsids, seen, count));
	for (size_t i = 0; i < count; i++)
		assert_int_not_equal(seen[i].nsid, 3);
	close_node(&node);
}

static void a_namespace_that_is_gone_is_forgotten(void **state)
{
	struct node node;
	uint64_t inode;

	run("ip netns add a; ip netns add b; ip netns set a 3; ip netns set b 4");
	inode = inode_of("a");
	open_node(&node);
	assert_int_equal(row(&node, inode)->nsid, 3);
	run("ip netns del a");
	assert_int_equal(row(&node, inode_of("b"))->nsid, 4);
	assert_int_equal(nsids_inode(node.nsids, 3), 0);
	assert_int_equal(nsids_inode(node.nsids, 4), inode_of("b"));
	close_node(&node);
}

/* A row whose process and mount are gone: no nsid, no failure. */
static void a_namespace_that_vanished_has_none(void **state)
{
	struct ns_seen seen = { .inode = 1, .birth = 1, .nsid = 9, .pid = 0x3fffffff };
	struct node node;

	open_node(&node);
	assert_int_equal(nsids_fill(node.nsids, node.wiring, node.namespaces, &seen, 1), 0);
	assert_int_equal(seen.nsid, NSID_HERE);
	close_node(&node);
}

/* A pair that leads to where nobody has looked yet. */
static void a_stranger_is_noticed_until_it_is_found(void **state)
{
	struct node node;
	int32_t nsid;
	size_t count;

	run("ip netns add a; ip link add h0 type veth peer name eth0 netns a");
	run("ip link add p0 type veth peer name p1"); /* both here: no stranger */
	open_node(&node);
	(void)look(&node, &count);
	assert_false(nsids_have_stranger(node.nsids, node.wiring));
	run("ip netns add b; ip link add h1 type veth peer name eth0 netns b");
	follow(node.wiring);
	assert_true(nsids_have_stranger(node.nsids, node.wiring));
	nsids_changed(node.nsids, node.namespaces, kernels_nsid_of(&node, "b"), false);
	(void)look(&node, &count);
	assert_false(nsids_have_stranger(node.nsids, node.wiring));

	/* the nsid of one that is no more, given to another */
	nsid = kernels_nsid_of(&node, "b");
	run("ip netns del b");
	await(node.wiring, "vanished -1 h1");
	(void)look(&node, &count);
	run("ip netns add c; ip netns set c %d; ip link add h2 type veth peer name eth0 netns c", nsid);
	follow(node.wiring);
	assert_true(nsids_have_stranger(node.nsids, node.wiring));
	close_node(&node);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(each_namespace_has_the_nsid_that_ip_says),
		LAB_TEST(we_are_here_whatever_our_own_nsid),
		LAB_TEST(who_has_none_is_given_one_that_goes_with_it),
		LAB_TEST(an_nsid_taken_back_makes_the_next_namespace_another),
		LAB_TEST(an_nsid_taken_back_while_looking_is_nobodys),
		LAB_TEST(a_namespace_that_is_gone_is_forgotten),
		LAB_TEST(a_namespace_that_vanished_has_none),
		LAB_TEST(a_stranger_is_noticed_until_it_is_found),
	};

	if (lab_skips("nsids"))
		return 0;
	return cmocka_run_group_tests_name("nsids", tests, lab_enter, NULL);
}
