/* SPDX-License-Identifier: GPL-2.0-only */
#include "observe/namespaces/mountinfo_parse.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "observe/namespaces/proc_parse.h"

struct field {
	const char *text;
	size_t len;
};

/* Takes the text up to the next space and leaves *@at behind that space. */
static bool take_field(const char **at, const char *end, struct field *ret)
{
	const char *space = memchr(*at, ' ', (size_t)(end - *at));
	const char *stop = space ? space : end;

	if (stop == *at)
		return false;
	*ret = (struct field){ .text = *at, .len = (size_t)(stop - *at) };
	*at = space ? space + 1 : end;
	return true;
}

static bool is_octal(const char *digits)
{
	return digits[0] >= '0' && digits[0] <= '3' && digits[1] >= '0' && digits[1] <= '7' && digits[2] >= '0' &&
	       digits[2] <= '7';
}

static int unescape(const struct field *in, char *out, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < in->len; i++) {
		const char *p = in->text + i;
		char c = *p;

		if (c == '\\' && in->len - i > 3 && is_octal(p + 1)) {
			c = (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0'));
			i += 3;
		}
		if (c == '\0' || count + 1 >= size)
			return -EINVAL;
		out[count++] = c;
	}
	out[count] = '\0';
	return 0;
}

/* Whether the type of the file system, behind the "-" that ends the optional fields, is nsfs. */
static int is_nsfs(const char *at, const char *end)
{
	struct field field;

	do {
		if (!take_field(&at, end, &field))
			return -EINVAL;
	} while (field.len != 1 || field.text[0] != '-');
	if (!take_field(&at, end, &field))
		return -EINVAL;
	return field.len == 4 && memcmp(field.text, "nsfs", 4) == 0;
}

int mountinfo_parse_netns(const char *line, size_t len, struct netns_mount *ret)
{
	const char *end = line + len;
	const char *at = line;
	struct field skipped, root, path, options;
	int r;

	for (int i = 0; i < 3; i++) { /* mount id, parent id, device */
		if (!take_field(&at, end, &skipped))
			return -EINVAL;
	}
	if (!take_field(&at, end, &root) || !take_field(&at, end, &path) || !take_field(&at, end, &options))
		return -EINVAL;
	/* a directory named like a namespace is no namespace: the type decides */
	r = is_nsfs(at, end);
	if (r <= 0)
		return r;
	if (proc_parse_netns(root.text, root.len, &ret->inode) < 0)
		return 0; /* a namespace of another kind */
	if (path.text[0] != '/' || unescape(&path, ret->path, sizeof(ret->path)) < 0)
		return -EINVAL;
	return 1;
}
