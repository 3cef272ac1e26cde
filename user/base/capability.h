/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

/** Whether this thread has the capability of that number (CAP_SYS_ADMIN, …) in its effective set; true where it cannot be told. */
bool capability_held(unsigned int number);
