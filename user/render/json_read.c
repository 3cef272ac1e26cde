/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/json_read.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/snapshot.h"
#include "render/json_fields.h"
#include "render/json_tree.h"

int json_wrong(struct json_reader *reader, const char *format, ...)
{
	char what[160];
	char line[sizeof(reader->path) + sizeof(what) + 2];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	(void)snprintf(line, sizeof(line), "%s%s%s", reader->path, reader->path_len > 0 ? ": " : "", what);
	/* keys and snippets of the input are in it: this is shown on a terminal */
	(void)text_clean(line, strlen(line), reader->error, reader->error_size);
	return -EINVAL;
}

static size_t enter(struct json_reader *reader, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What does not fit is cut off: the path is for people. */
static size_t enter(struct json_reader *reader, const char *format, ...)
{
	size_t room = sizeof(reader->path) - reader->path_len;
	size_t mark = reader->path_len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(reader->path + reader->path_len, room, format, args);
	va_end(args);
	if (len > 0)
		reader->path_len += (size_t)len < room ? (size_t)len : room - 1;
	return mark;
}

size_t json_enter_key(struct json_reader *reader, const char *key)
{
	return enter(reader, "%s%s", reader->path_len > 0 ? "." : "", key);
}

size_t json_enter_item(struct json_reader *reader, size_t index)
{
	return enter(reader, "[%zu]", index);
}

void json_leave(struct json_reader *reader, size_t mark)
{
	reader->path_len = mark;
	reader->path[mark] = '\0';
}

/* Booleans are two types in jansson. */
static bool is_type(const json_t *value, json_type type)
{
	if (type == JSON_TRUE)
		return json_is_boolean(value);
	if (type == JSON_REAL)
		return json_is_number(value);
	return json_typeof(value) == type;
}

static const char *type_name(json_type type)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object",       [JSON_ARRAY] = "an array", [JSON_STRING] = "text",
		[JSON_INTEGER] = "a whole number", [JSON_REAL] = "a number",  [JSON_TRUE] = "true or false",
		[JSON_FALSE] = "true or false",    [JSON_NULL] = "null",
	};

	return names[type];
}

int json_member(struct json_reader *reader, json_t *object, const char *key, json_type type, bool optional,
                json_t **ret)
{
	json_t *value = json_object_get(object, key);
	size_t mark;
	int r;

	if (!json_is_object(object))
		return json_wrong(reader, "not an object");
	if (!value && !optional)
		return json_wrong(reader, "has no \"%s\"", key);
	if (value && !is_type(value, type)) {
		mark = json_enter_key(reader, key);
		r = json_wrong(reader, "not %s", type_name(type));
		json_leave(reader, mark);
		return r;
	}
	*ret = value;
	return 0;
}

int json_read_number(struct json_reader *reader, json_t *value, uint64_t max, uint64_t *ret)
{
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < 0 || (uint64_t)number > max)
		return json_wrong(reader, "not a whole number from 0 to %" PRIu64, max);
	*ret = (uint64_t)number;
	return 0;
}

int json_read_seconds(struct json_reader *reader, json_t *value, double max, double *ret)
{
	double number = json_number_value(value);

	if (!json_is_number(value) || !(number >= 0 && number <= max))
		return json_wrong(reader, "not a number of seconds from 0 to %.0f", max);
	*ret = number;
	return 0;
}

static int check_text(struct json_reader *reader, const char *text, size_t len, size_t size)
{
	char clean[TREE_TEXT_MAX];

	if (size > sizeof(clean))
		size = sizeof(clean);
	if (len >= size)
		return json_wrong(reader, "longer than %zu bytes", size - 1);
	if (text_clean(text, len, clean, sizeof(clean)) != len || memcmp(clean, text, len) != 0)
		return json_wrong(reader, "has control characters");
	return 0;
}

static int keep_text(struct json_reader *reader, const char *text, size_t len, const char **ret)
{
	int r = check_text(reader, text, len, TREE_TEXT_MAX);
	char *kept;

	if (r < 0)
		return r;
	kept = arena_strndup(reader->arena, text, len);
	if (!kept)
		return -ENOMEM;
	*ret = kept;
	return 0;
}

int json_read_name(struct json_reader *reader, json_t *value, char *out, size_t size)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	int r;

	if (!text)
		return json_wrong(reader, "not text");
	r = check_text(reader, text, len, size);
	if (r == 0)
		memcpy(out, text, len + 1);
	return r;
}

int json_read_text(struct json_reader *reader, json_t *value, const char **ret)
{
	const char *text = json_string_value(value);

	if (!text)
		return json_wrong(reader, "not text");
	return keep_text(reader, text, json_string_length(value), ret);
}

int json_read_key(struct json_reader *reader, const char *key, const char **ret)
{
	return keep_text(reader, key, strlen(key), ret);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "02:42:ac:11:00:02", lower case as it is written. */
static int read_mac(struct json_reader *reader, json_t *value, uint8_t mac[6])
{
	const char *text = json_string_value(value);
	uint8_t bytes[6];

	if (!text || json_string_length(value) != 17)
		return json_wrong(reader, "not a MAC address");
	for (size_t i = 0; i < sizeof(bytes); i++) {
		int high = hex(text[i * 3]);
		int low = hex(text[i * 3 + 1]);

		if (high < 0 || low < 0 || (i < 5 && text[i * 3 + 2] != ':'))
			return json_wrong(reader, "not a MAC address");
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	memcpy(mac, bytes, sizeof(bytes));
	return 0;
}

static const char *owner_name(unsigned int i)
{
	return i < OWNER_KINDS ? owner_kind_name((enum owner_kind)i) : NULL;
}

static const char *link_name(unsigned int i)
{
	return i < LINK_KINDS ? link_kind_name((enum link_kind)i) : NULL;
}

static const char *port_name(unsigned int i)
{
	return json_port_state_name((enum port_state)i);
}

static const char *counted_name(unsigned int i)
{
	return i <= COUNTED_INSIDE ? counted_at_name((enum counted_at)i) : NULL;
}

/* The number whose name the value has. */
static int read_enum(struct json_reader *reader, json_t *value, const char *(*name_of)(unsigned int), unsigned int *ret)
{
	const char *text = json_string_value(value);
	const char *name;

	if (!text)
		return json_wrong(reader, "not text");
	for (unsigned int i = 0; (name = name_of(i)); i++) {
		if (strcmp(name, text) == 0) {
			*ret = i;
			return 0;
		}
	}
	return json_wrong(reader, "\"%.32s\" is not known", text);
}

static int read_whole(struct json_reader *reader, json_t *value, const struct json_field *field, char *at)
{
	uint64_t number = 0;
	uint32_t u32;
	pid_t pid;
	int r;

	if (field->type == JSON_FIELD_U64)
		r = json_read_number(reader, value, INT64_MAX, &number);
	else
		r = json_read_number(reader, value, field->type == JSON_FIELD_PID ? INT_MAX : UINT32_MAX, &number);
	if (r < 0)
		return r;
	u32 = (uint32_t)number;
	pid = (pid_t)u32;
	if (field->type == JSON_FIELD_U64)
		memcpy(at, &number, sizeof(number));
	else if (field->type == JSON_FIELD_U32)
		memcpy(at, &u32, sizeof(u32));
	else
		memcpy(at, &pid, sizeof(pid));
	return 0;
}

static int read_bool(struct json_reader *reader, json_t *value, char *at)
{
	bool yes = json_is_true(value);

	if (!json_is_boolean(value))
		return json_wrong(reader, "not true or false");
	memcpy(at, &yes, sizeof(yes));
	return 0;
}

static int read_named(struct json_reader *reader, json_t *value, const struct json_field *field, char *at)
{
	unsigned int number = PORT_NONE;
	int r = 0;

	if (field->type == JSON_FIELD_OWNER)
		r = read_enum(reader, value, owner_name, &number);
	else if (field->type == JSON_FIELD_LINK)
		r = read_enum(reader, value, link_name, &number);
	else if (field->type == JSON_FIELD_COUNTED)
		r = read_enum(reader, value, counted_name, &number);
	else if (!json_is_null(value))
		r = read_enum(reader, value, port_name, &number);
	if (r == 0)
		memcpy(at, &number, sizeof(number));
	return r;
}

static int read_field(struct json_reader *reader, json_t *value, const struct json_field *field, char *base)
{
	char *at = base + field->offset;
	const bool yes = true;
	const char *text;
	int r;

	switch (field->type) {
	case JSON_FIELD_U64:
	case JSON_FIELD_U32:
	case JSON_FIELD_PID:
		return read_whole(reader, value, field, at);
	case JSON_FIELD_BOOL:
		return read_bool(reader, value, at);
	case JSON_FIELD_TEXT:
		r = json_read_text(reader, value, &text);
		if (r == 0)
			memcpy(at, &text, sizeof(text));
		return r;
	case JSON_FIELD_NAME:
		return json_read_name(reader, value, at, IFNAMSIZ);
	case JSON_FIELD_NAME_NULL:
		return json_is_null(value) ? 0 : json_read_name(reader, value, at, IFNAMSIZ);
	case JSON_FIELD_MAC:
		if (json_is_null(value))
			return 0;
		memcpy(base + field->has_offset, &yes, sizeof(yes));
		return read_mac(reader, value, (uint8_t *)at);
	case JSON_FIELD_OWNER:
	case JSON_FIELD_LINK:
	case JSON_FIELD_PORT:
	case JSON_FIELD_COUNTED:
		return read_named(reader, value, field, at);
	}
	return 0;
}

/* What a member that is not there stands for, where that is not all zero. */
static void fill_missing(const struct json_field *field, char *base)
{
	const unsigned int none = PORT_NONE;
	const char *const empty = "";

	if (field->type == JSON_FIELD_TEXT)
		memcpy(base + field->offset, &empty, sizeof(empty));
	else if (field->type == JSON_FIELD_PORT)
		memcpy(base + field->offset, &none, sizeof(none));
}

int json_read_shape(struct json_reader *reader, json_t *object, const struct json_shape *shape, void *base)
{
	if (!json_is_object(object))
		return json_wrong(reader, "not an object");
	for (size_t i = 0; i < shape->count; i++) {
		const struct json_field *field = &shape->fields[i];
		json_t *value = json_object_get(object, field->key);
		size_t mark;
		int r;

		if (!value && !field->optional)
			return json_wrong(reader, "has no \"%s\"", field->key);
		if (!value) {
			fill_missing(field, base);
			continue;
		}
		mark = json_enter_key(reader, field->key);
		r = read_field(reader, value, field, base);
		json_leave(reader, mark);
		if (r < 0)
			return r;
	}
	return 0;
}

int json_read_counter(struct json_reader *reader, json_t *object, const char *key, uint64_t *ret)
{
	json_t *value;
	size_t mark;
	int r = json_member(reader, object, key, JSON_INTEGER, false, &value);

	if (r < 0)
		return r;
	mark = json_enter_key(reader, key);
	r = json_read_number(reader, value, INT64_MAX, ret);
	json_leave(reader, mark);
	return r;
}

static int read_each(struct json_reader *reader, json_t *array, struct json_items *items)
{
	size_t count = json_array_size(array);
	char *at;

	if (count > items->most)
		return json_wrong(reader, "more than %zu", items->most);
	at = arena_array(reader->arena, count, items->size);
	if (!at)
		return -ENOMEM;
	items->items = at;
	items->count = count;
	for (size_t i = 0; i < count; i++, at += items->size) {
		size_t mark = json_enter_item(reader, i);
		int r = items->read(reader, json_array_get(array, i), at);

		json_leave(reader, mark);
		if (r < 0)
			return r;
	}
	return 0;
}

int json_read_items(struct json_reader *reader, json_t *object, const char *key, bool optional,
                    struct json_items *items)
{
	json_t *array;
	size_t mark;
	int r = json_member(reader, object, key, JSON_ARRAY, optional, &array);

	if (r < 0 || !array)
		return r;
	mark = json_enter_key(reader, key);
	r = read_each(reader, array, items);
	json_leave(reader, mark);
	return r;
}
