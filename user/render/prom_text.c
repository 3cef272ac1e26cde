/* SPDX-License-Identifier: GPL-2.0-only */
#include "render/prom_text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "render/show.h"

#define VALUE_SIZE ((size_t)1024)

void prom_head(struct buf *out, const char *name, const char *type, const char *help)
{
	(void)buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static bool is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			return false;
	}
	return true;
}

static void escape(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\')
			(void)buf_puts(out, "\\\\");
		else if (text[i] == '"')
			(void)buf_puts(out, "\\\"");
		else if (text[i] == '\n')
			(void)buf_puts(out, "\\n");
		else
			(void)buf_putc(out, text[i]);
	}
}

static char *put(char *at, const char *text, size_t len)
{
	memcpy(at, text, len);
	return at + len;
}

static void end_at(struct buf *out, char *at)
{
	*at = '\0';
	out->len = (size_t)(at - out->data);
}

/* One reservation for all of it: nearly every value is plain. */
static void plain_label(struct buf *labels, const char *name, const char *value, size_t len)
{
	size_t name_len = strlen(name);
	char *at;

	if (buf_reserve(labels, name_len + len + sizeof(",=\"\"")) < 0)
		return;
	at = labels->data + labels->len;
	if (labels->len > 0)
		*at++ = ',';
	at = put(at, name, name_len);
	*at++ = '=';
	*at++ = '"';
	at = put(at, value, len);
	*at++ = '"';
	end_at(labels, at);
}

void prom_label(struct buf *labels, const char *name, const char *value)
{
	size_t len = strlen(value);
	char clean[VALUE_SIZE];

	if (len < VALUE_SIZE && is_plain(value, len)) {
		plain_label(labels, name, value, len);
		return;
	}
	if (len >= VALUE_SIZE || !text_is_utf8(value, len)) {
		len = text_clean(value, len, clean, sizeof(clean));
		value = clean;
	}
	plain_label(labels, name, "", 0);
	if (labels->failed)
		return;
	labels->len--;
	escape(labels, value, len);
	(void)buf_putc(labels, '"');
}

struct prom_piece prom_piece(const char *text)
{
	return (struct prom_piece){ text, strlen(text) };
}

static char *put_piece(char *at, struct prom_piece piece)
{
	return put(at, piece.text, piece.len);
}

void prom_row_sample(struct buf *out, struct prom_piece name, struct prom_piece labels, struct prom_piece more,
                     uint64_t value)
{
	char digits[SHOW_DIGITS];
	const char *first;
	char *at;

	if (buf_reserve(out, name.len + labels.len + more.len + sizeof("{,} \n") + SHOW_DIGITS) < 0)
		return;
	first = show_digits(value, digits);
	at = put_piece(out->data + out->len, name);
	*at++ = '{';
	at = put_piece(at, labels);
	if (more.len > 0) {
		*at++ = ',';
		at = put_piece(at, more);
	}
	*at++ = '}';
	*at++ = ' ';
	at = put(at, first, (size_t)(digits + SHOW_DIGITS - first));
	*at++ = '\n';
	end_at(out, at);
}

static void sample(struct buf *out, const char *const part[3], const char *value, size_t value_len)
{
	size_t len[3] = { strlen(part[0]), strlen(part[1]), strlen(part[2]) };
	char *at;

	if (buf_reserve(out, len[0] + len[1] + len[2] + value_len + sizeof("{} \n")) < 0)
		return;
	at = out->data + out->len;
	at = put(at, part[0], len[0]);
	at = put(at, part[1], len[1]);
	if (len[2] > 0) {
		*at++ = '{';
		at = put(at, part[2], len[2]);
		*at++ = '}';
	}
	*at++ = ' ';
	at = put(at, value, value_len);
	*at++ = '\n';
	end_at(out, at);
}

void prom_sample(struct buf *out, const char *name, const char *suffix, const char *labels, uint64_t value)
{
	char digits[SHOW_DIGITS];
	const char *at = show_digits(value, digits);

	sample(out, (const char *const[]){ name, suffix, labels }, at, (size_t)(digits + SHOW_DIGITS - at));
}

void prom_sample_text(struct buf *out, const char *name, const char *suffix, const char *labels, const char *value)
{
	sample(out, (const char *const[]){ name, suffix, labels }, value, strlen(value));
}

void prom_sample_text_labelled(struct buf *out, const char *name, const char *label, const char *label_value,
                               const char *value)
{
	_cleanup_buf_ struct buf labels = BUF_INIT;

	prom_label(&labels, label, label_value);
	if (labels.failed)
		out->failed = true;
	else
		prom_sample_text(out, name, "", labels.data, value);
}

void prom_sample_labelled(struct buf *out, const char *name, const char *label, const char *label_value, uint64_t value)
{
	char digits[SHOW_DIGITS + 1];

	digits[SHOW_DIGITS] = '\0';
	prom_sample_text_labelled(out, name, label, label_value, show_digits(value, digits));
}

void prom_fraction(uint64_t value, unsigned int digits, char out[PROM_NUMBER_SIZE])
{
	uint64_t scale = 1;
	size_t len;

	for (unsigned int i = 0; i < digits; i++)
		scale *= 10;
	(void)snprintf(out, PROM_NUMBER_SIZE, "%" PRIu64 ".%0*" PRIu64, value / scale, (int)digits, value % scale);
	len = strlen(out);
	while (len > 0 && out[len - 1] == '0')
		len--;
	if (len > 0 && out[len - 1] == '.')
		len--;
	out[len] = '\0';
}
