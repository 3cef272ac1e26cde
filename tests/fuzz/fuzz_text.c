/* SPDX-License-Identifier: GPL-2.0-only */
/* Other people's names: what text_clean() makes of any bytes can be shown on a terminal and cut anywhere. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_cleaned(const char *text, size_t len)
{
	must(text_is_utf8(text, len));
	must(strlen(text) == len);
	for (size_t i = 0; i < len; i++)
		must((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
}

static void check_fit(const char *text, size_t len)
{
	char cut[256];

	for (size_t columns = 0; columns < 8; columns++) {
		size_t bytes = text_fit(text, columns);

		must(bytes <= len);
		must(text_is_utf8(text, bytes));
		memcpy(cut, text, bytes);
		cut[bytes] = '\0';
		must(text_columns(cut) <= columns);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t sizes[] = { 1, 2, 5, 16, 256 };
	char out[256], again[256], line[64];
	uint64_t value;
	size_t len;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		len = text_clean((const char *)data, size, out, sizes[i]);
		must(len < sizes[i]);
		check_cleaned(out, len);
		/* clean text is left as it is */
		must(text_clean(out, len, again, sizeof(again)) == len && strcmp(out, again) == 0);
	}
	check_fit(out, len);

	len = size < sizeof(line) ? size : sizeof(line) - 1;
	memcpy(line, data, len);
	line[len] = '\0';
	if (parse_duration(line, &value) == 0)
		must(value > 0);
	if (parse_u64(line, 3, 9, &value) == 0)
		must(value >= 3 && value <= 9);
	return 0;
}
