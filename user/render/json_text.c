/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/json_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "render/show.h"

#define LONGEST_STRING ((size_t)4096)

static void new_line(struct json_text *json)
{
	(void)buf_putc(json->out, '\n');
	for (unsigned int i = 0; i < json->depth; i++)
		(void)buf_puts(json->out, "  ");
}

static void escape(struct buf *out, const char *text, size_t len)
{
	size_t plain = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		(void)buf_append(out, text + plain, i - plain);
		plain = i + 1;
		if (c >= 0x20)
			(void)buf_printf(out, "\\%c", c);
		else
			(void)buf_printf(out, "\\u%04x", c);
	}
	(void)buf_append(out, text + plain, len - plain);
}

static void begin(struct json_text *json, const char *key)
{
	if (!json->first)
		(void)buf_putc(json->out, ',');
	if (json->depth > 0 && json->pretty && json->flat == 0)
		new_line(json);
	else if (!json->first)
		(void)buf_putc(json->out, ' ');
	json->first = false;
	if (!key)
		return;
	(void)buf_putc(json->out, '"');
	escape(json->out, key, strlen(key));
	(void)buf_puts(json->out, "\": ");
}

void json_put_open(struct json_text *json, const char *key, char kind)
{
	begin(json, key);
	(void)buf_putc(json->out, kind);
	json->depth++;
	if (json->flat > 0)
		json->flat++;
	json->first = true;
}

void json_put_open_flat(struct json_text *json, const char *key, char kind)
{
	json_put_open(json, key, kind);
	if (json->flat == 0)
		json->flat = 1;
}

void json_put_close(struct json_text *json, char kind)
{
	bool flat = json->flat > 0;

	json->depth--;
	if (flat)
		json->flat--;
	if (json->pretty && !flat && !json->first)
		new_line(json);
	(void)buf_putc(json->out, kind);
	json->first = false;
}

void json_put_string(struct json_text *json, const char *key, const char *value)
{
	size_t len = strlen(value);
	char clean[LONGEST_STRING];

	if (!text_is_utf8(value, len)) {
		len = text_clean(value, len, clean, sizeof(clean));
		value = clean;
	}
	begin(json, key);
	(void)buf_putc(json->out, '"');
	escape(json->out, value, len);
	(void)buf_putc(json->out, '"');
}

void json_put_string_or_null(struct json_text *json, const char *key, const char *value)
{
	if (value && value[0] != '\0')
		json_put_string(json, key, value);
	else
		json_put_null(json, key);
}

void json_put_number(struct json_text *json, const char *key, uint64_t value)
{
	char digits[SHOW_DIGITS];
	const char *at = show_digits(value > INT64_MAX ? (uint64_t)INT64_MAX : value, digits);

	begin(json, key);
	(void)buf_append(json->out, at, (size_t)(digits + SHOW_DIGITS - at));
}

/* In whole numbers, so that the locale's comma has no say. */
void json_put_seconds(struct json_text *json, const char *key, double value, unsigned int digits)
{
	double scale = pow(10, digits);
	uint64_t whole = 0;

	if (value > 0 && value * scale < 1e18)
		whole = (uint64_t)llround(value * scale);
	begin(json, key);
	(void)buf_printf(json->out, "%" PRIu64 ".%0*" PRIu64, whole / (uint64_t)scale, (int)digits,
	                 whole % (uint64_t)scale);
}

void json_put_bool(struct json_text *json, const char *key, bool value)
{
	begin(json, key);
	(void)buf_puts(json->out, value ? "true" : "false");
}

void json_put_null(struct json_text *json, const char *key)
{
	begin(json, key);
	(void)buf_puts(json->out, "null");
}
