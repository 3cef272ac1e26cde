/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/proc_parse.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

/* Counted from 1, as proc_pid_stat(5) does; the state, the first after the name, is field 3. */
enum { FIELD_STATE = 3, FIELD_PARENT = 4, FIELD_FLAGS = 9, FIELD_START_TIME = 22 };

/* Reads the digits at *@at and leaves *@at behind them. */
static int take_number(const char **at, const char *end, uint64_t *ret)
{
	const char *p = *at;
	uint64_t value = 0;

	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(value, 10U, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return -EINVAL;
	}
	if (p == *at)
		return -EINVAL;
	*at = p;
	*ret = value;
	return 0;
}

/* The text of field @wanted, given that of FIELD_STATE; NULL where the line ends before. */
static const char *find_field(const char *at, const char *end, int wanted)
{
	for (int field = FIELD_STATE; field < wanted; field++) {
		at = memchr(at, ' ', (size_t)(end - at));
		if (!at)
			return NULL;
		at++;
	}
	return at;
}

int proc_parse_stat(const char *text, size_t len, struct proc_stat *ret)
{
	const char *end = text + len;
	const char *close = memrchr(text, ')', len); /* the last: the name may hold others */
	const char *at = text;
	const char *parent_at, *flags_at, *start_at;
	uint64_t pid, parent, flags, start_time;

	if (!close || end - close < 3 || close[1] != ' ')
		return -EINVAL;
	if (take_number(&at, end, &pid) < 0 || pid == 0 || pid > PROC_PID_MAX)
		return -EINVAL;
	if (close - at < 2 || at[0] != ' ' || at[1] != '(')
		return -EINVAL;
	parent_at = find_field(close + 2, end, FIELD_PARENT);
	flags_at = find_field(close + 2, end, FIELD_FLAGS);
	start_at = find_field(close + 2, end, FIELD_START_TIME);
	if (!parent_at || take_number(&parent_at, end, &parent) < 0 || parent > PROC_PID_MAX)
		return -EINVAL;
	if (!flags_at || take_number(&flags_at, end, &flags) < 0 || flags > UINT32_MAX)
		return -EINVAL;
	if (!start_at || take_number(&start_at, end, &start_time) < 0)
		return -EINVAL;
	ret->pid = (pid_t)pid;
	ret->parent = (pid_t)parent;
	ret->flags = (uint32_t)flags;
	ret->start_time = start_time;
	(void)text_clean(at + 2, (size_t)(close - at - 2), ret->comm, sizeof(ret->comm));
	return 0;
}

int proc_parse_netns(const char *text, size_t len, uint64_t *ret_inode)
{
	static const char prefix[] = "net:[";
	const size_t prefix_len = sizeof(prefix) - 1;
	const char *at = text + prefix_len;
	uint64_t inode;

	if (len < prefix_len || memcmp(text, prefix, prefix_len) != 0)
		return -EINVAL;
	if (take_number(&at, text + len, &inode) < 0 || inode == 0)
		return -EINVAL;
	if (text + len - at != 1 || *at != ']')
		return -EINVAL;
	*ret_inode = inode;
	return 0;
}

int proc_parse_fdinfo(const char *text, size_t len, uint64_t *ret_inode)
{
	static const char key[] = "\nino:\t"; /* never the first line */
	const char *at = memmem(text, len, key, sizeof(key) - 1);
	uint64_t inode;

	if (!at)
		return -EINVAL;
	at += sizeof(key) - 1;
	if (take_number(&at, text + len, &inode) < 0 || at == text + len || *at != '\n' || inode == 0)
		return -EINVAL;
	*ret_inode = inode;
	return 0;
}

int proc_parse_pid(const char *name, pid_t *ret)
{
	const char *end = name + strlen(name);
	uint64_t pid;

	if (name[0] == '0' || take_number(&name, end, &pid) < 0 || name != end || pid > PROC_PID_MAX)
		return -EINVAL;
	*ret = (pid_t)pid;
	return 0;
}
