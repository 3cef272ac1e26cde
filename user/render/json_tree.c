/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/json_tree.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* Whole numbers below it survive the way through DBL_DIG digits and back. */
#define MOST_STEPS 1e15

json_t *tree_text(const char *text)
{
	char clean[TREE_TEXT_MAX];
	size_t len = text_clean(text, strlen(text), clean, sizeof(clean));

	return json_stringn_nocheck(clean, len); /* UTF-8 by now */
}

json_t *tree_text_or_null(const char *text)
{
	return text && text[0] != '\0' ? tree_text(text) : json_null();
}

json_t *tree_number(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

json_t *tree_seconds(double value, double steps)
{
	double whole = round(value * steps);

	return json_real(whole >= 0 && whole < MOST_STEPS ? whole / steps : 0);
}

int tree_set(json_t *object, const char *key, json_t *value)
{
	char clean[TREE_TEXT_MAX];

	(void)text_clean(key, strlen(key), clean, sizeof(clean));
	return json_object_set_new_nocheck(object, clean, value);
}

static int append(const char *text, size_t len, void *out)
{
	return buf_append(out, text, len);
}

int tree_write(const json_t *tree, size_t layout, struct buf *ret)
{
	size_t before = ret->len;

	if (tree && json_dump_callback(tree, append, ret, layout | JSON_REAL_PRECISION(DBL_DIG)) == 0 &&
	    buf_putc(ret, '\n') == 0)
		return 0;
	ret->len = before;
	if (ret->data)
		ret->data[before] = '\0';
	return -ENOMEM;
}
