/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

struct price;

/** Fills in what this process takes of the machine; the kernel's part of @ret stays as it is. What cannot be read is 0. */
void process_price_read(struct price *ret);
