/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/text.h"

#include <stdint.h>
#include <string.h>
#include <wchar.h>

/*
 * Reads one character (RFC 3629). Returns the bytes it takes and the code point, or 0 where the bytes are not well formed.
 */
static size_t decode(const unsigned char *in, size_t len, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 }; /* below: an overlong form */
	uint32_t point;
	size_t need;

	if (len == 0)
		return 0;
	if (in[0] < 0x80) {
		*ret = in[0];
		return 1;
	}
	if ((in[0] & 0xe0) == 0xc0)
		need = 2;
	else if ((in[0] & 0xf0) == 0xe0)
		need = 3;
	else if ((in[0] & 0xf8) == 0xf0)
		need = 4;
	else
		return 0;
	if (need > len)
		return 0;
	point = in[0] & (0x7fU >> need);
	for (size_t i = 1; i < need; i++) {
		if ((in[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (in[i] & 0x3fU);
	}
	if (point < least[need] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret = point;
	return need;
}

/* Characters that steer a terminal or hide in a name: controls, zero-width marks, bidirectional marks and overrides. */
static bool is_hostile(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x1f },     { 0x7f, 0x9f },     { 0xad, 0xad },       { 0x61c, 0x61c },
		{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },   { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	}
	return false;
}

size_t text_clean(const char *in, size_t in_len, char *out, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)in;
	size_t written = 0;
	size_t at = 0;

	if (size == 0)
		return 0;
	while (at < in_len) {
		bool plain = bytes[at] >= ' ' && bytes[at] <= '~'; /* nearly all text is: decided at once */
		uint32_t point = 0;
		size_t len = plain ? 1 : decode(bytes + at, in_len - at, &point);
		bool good = plain || (len > 0 && !is_hostile(point));
		size_t room = good ? len : 1;

		if (written + room >= size)
			break;
		if (plain)
			out[written] = in[at];
		else if (good)
			memcpy(out + written, in + at, len);
		else
			out[written] = '?';
		written += room;
		at += len > 0 ? len : 1;
	}
	out[written] = '\0';
	return written;
}

bool text_is_utf8(const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	uint32_t point;

	for (size_t at = 0; at < len;) {
		size_t step = decode(bytes + at, len - at, &point);

		if (step == 0)
			return false;
		at += step;
	}
	return true;
}

/* Columns of the character at @text and the bytes it takes. What the C library cannot place is given one column. */
static size_t columns_of(const char *text, size_t len, size_t *ret_bytes)
{
	uint32_t point = 0;
	size_t bytes = decode((const unsigned char *)text, len, &point);
	int width;

	*ret_bytes = bytes > 0 ? bytes : 1;
	if (bytes == 0)
		return 1;
	width = wcwidth((wchar_t)point);
	return width < 0 ? 1 : (size_t)width;
}

size_t text_columns(const char *text)
{
	size_t len = strlen(text);
	size_t columns = 0;
	size_t bytes;

	for (size_t at = 0; at < len; at += bytes)
		columns += columns_of(text + at, len - at, &bytes);
	return columns;
}

size_t text_fit(const char *text, size_t columns)
{
	size_t len = strlen(text);
	size_t used = 0;
	size_t bytes;
	size_t at;

	for (at = 0; at < len; at += bytes) {
		used += columns_of(text + at, len - at, &bytes);
		if (used > columns)
			break;
	}
	return at;
}
