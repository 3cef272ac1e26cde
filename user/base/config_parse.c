/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/config_parse.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define NAME_CHARS  "abcdefghijklmnopqrstuvwxyz0123456789-"
#define WHITE_SPACE " \t"

struct config_text config_begin(char *text, size_t len)
{
	return (struct config_text){ .at = text, .end = text + len };
}

const char *config_value_fault(const char *value)
{
	for (const char *c = value; *c; c++) {
		if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f)
			return "has a control character; write it as plain text";
	}
	return text_is_utf8(value, strlen(value)) ? NULL : "is not UTF-8; write it as plain text";
}

/* Ends the line where its newline is. NULL: there is none any more. */
static char *take_line(struct config_text *text, const char **ret_why)
{
	char *line = text->at;
	char *newline;

	*ret_why = NULL;
	if (line >= text->end)
		return NULL;
	text->line++;
	newline = memchr(line, '\n', (size_t)(text->end - line));
	if (!newline)
		newline = text->end;
	text->at = newline + 1;
	*newline = '\0';
	if (strlen(line) != (size_t)(newline - line))
		*ret_why = "has a NUL byte; write it as plain text";
	if (newline > line && newline[-1] == '\r') /* a file from elsewhere */
		newline[-1] = '\0';
	if (!*ret_why)
		*ret_why = config_value_fault(line);
	return line;
}

static char *skip_space(char *at)
{
	return at + strspn(at, WHITE_SPACE);
}

static void cut_space(char *from, char *end)
{
	while (end > from && strchr(WHITE_SPACE, end[-1]))
		end--;
	*end = '\0';
}

/* A value without quotes ends before its comment. */
static void cut_comment(char *value)
{
	char *hash = value;

	while ((hash = strchr(hash, '#'))) {
		if (hash == value || strchr(WHITE_SPACE, hash[-1])) {
			*hash = '\0';
			break;
		}
		hash++;
	}
	cut_space(value, value + strlen(value));
}

/* @value begins with its quote. Returns what is wrong, or NULL. */
static const char *unquote(char *value)
{
	const char *in = value + 1;
	char *out = value;

	for (; *in != '"'; in++) {
		if (*in == '\\' && (in[1] == '"' || in[1] == '\\'))
			in++;
		if (*in == '\0')
			return "the quote has no end; put a \" behind the value";
		*out++ = *in;
	}
	*out = '\0';
	in += 1 + strspn(in + 1, WHITE_SPACE);
	return *in == '\0' || *in == '#' ? NULL : "something stands behind the quoted value; only a # comment may";
}

static const char *parse_line(char *line, struct config_setting *ret)
{
	size_t len = strspn(line, NAME_CHARS);
	char *equals = skip_space(line + len);
	char *value;
	const char *why = NULL;

	if (len == 0 || *equals != '=')
		return "not of the form \"name = value\"";
	value = skip_space(equals + 1);
	line[len] = '\0';
	if (*value == '"')
		why = unquote(value);
	else
		cut_comment(value);
	if (!why)
		*ret = (struct config_setting){ line, value };
	return why;
}

int config_next(struct config_text *text, struct config_setting *ret, const char **ret_why)
{
	char *line;

	while ((line = take_line(text, ret_why))) {
		line = skip_space(line);
		if (!*ret_why && (*line == '\0' || *line == '#'))
			continue;
		if (!*ret_why)
			*ret_why = parse_line(line, ret);
		return *ret_why ? -EINVAL : 1;
	}
	return 0;
}

/* Whether a value is read as it stands. */
static bool is_plain(const char *value)
{
	return *value != '\0' && !strpbrk(value, WHITE_SPACE "\"\\#");
}

void config_write(struct buf *out, const char *name, const char *value)
{
	(void)buf_printf(out, "%s = ", name);
	if (is_plain(value)) {
		(void)buf_puts(out, value);
		return;
	}
	(void)buf_putc(out, '"');
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			(void)buf_putc(out, '\\');
		(void)buf_putc(out, *value);
	}
	(void)buf_putc(out, '"');
}
