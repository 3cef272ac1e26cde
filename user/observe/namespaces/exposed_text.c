/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/exposed_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/number.h"
#include "base/text.h"

int exposed_name(const char *from, char out[EXPOSED_NAME_SIZE], struct fault *fault)
{
	char name[EXPOSED_NAME_SIZE];
	char clean[EXPOSED_NAME_SIZE];
	size_t len = strlen(from);

	if (len == 0)
		return fault_set(fault, -EINVAL, EXIT_CODE_USAGE,
		                 "it has no name of its own: say under which name to expose it (ctnet expose NAME AS)");
	if (len >= sizeof(name))
		return fault_set(fault, -EINVAL, EXIT_CODE_USAGE,
		                 "a name of ip netns has at most %zu bytes: give another (AS)", sizeof(name) - 1);
	memcpy(name, from, len + 1);
	for (char *slash = name; (slash = strchr(slash, '/'));)
		*slash = '-';
	(void)text_clean(name, len, clean, sizeof(clean));
	if (strcmp(clean, name) != 0 || strpbrk(name, " \t") || name[0] == '-' || name[0] == '.')
		return fault_set(
			fault, -EINVAL, EXIT_CODE_USAGE,
			"%s: no fit name for ip netns (it begins with - or ., or has blanks or control characters): give "
			"another (AS)",
			name);
	memcpy(out, name, len + 1);
	return 0;
}

int exposed_write(const struct exposed *row, struct buf *ret)
{
	return buf_printf(ret, "netns %" PRIu64 "\nchanged %" PRId64 " %" PRId64 "\nowner %s\n", row->inode,
	                  row->changed_s, row->changed_ns, row->owner);
}

/* What stands behind a word at the beginning of a line, up to @end. Returns the next line, or NULL where it is no such line. */
static const char *read_word(const char *line, const char *word, char end, char *out, size_t size)
{
	size_t len = strlen(word);
	const char *stop;

	if (!line || strncmp(line, word, len) != 0)
		return NULL;
	line += len;
	stop = strchr(line, end);
	if (!stop || (size_t)(stop - line) >= size)
		return NULL;
	memcpy(out, line, (size_t)(stop - line));
	out[stop - line] = '\0';
	return stop + 1;
}

int exposed_read(const char *text, size_t len, struct exposed *ret)
{
	char inode[24], seconds[24], rest[24], owner[OWNER_TEXT_MAX];
	uint64_t changed_s, changed_ns;
	struct exposed row = *ret;

	if (len == 0 || memchr(text, '\0', len)) /* struct buf ends with a NUL behind its text */
		return -EINVAL;
	text = read_word(text, "netns ", '\n', inode, sizeof(inode));
	text = read_word(text, "changed ", ' ', seconds, sizeof(seconds));
	text = read_word(text, "", '\n', rest, sizeof(rest));
	text = read_word(text, "owner ", '\n', owner, sizeof(owner));
	if (!text || *text || parse_u64(inode, 1, UINT64_MAX, &row.inode) < 0 ||
	    parse_u64(seconds, 0, INT64_MAX, &changed_s) < 0 || parse_u64(rest, 0, 999999999, &changed_ns) < 0)
		return -EINVAL;
	row.changed_s = (int64_t)changed_s;
	row.changed_ns = (int64_t)changed_ns;
	(void)text_clean(owner, strlen(owner), row.owner, sizeof(row.owner));
	*ret = row;
	return 0;
}
