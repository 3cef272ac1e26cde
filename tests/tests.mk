# SPDX-License-Identifier: GPL-2.0-only
# How the tests are built and run. Included by the Makefile at the top.
#
# A C test is tests/TIER/test_NAME.c (cmocka, TAP output), a shell test tests/TIER/test_NAME.sh (tests/lib.sh, TAP output).

.PHONY: check check-unit check-bpf check-netns check-engines check-vm check-style check-build check-fuzz

# Unit tests and all they link are built with ASan and UBSan, into a tree of their own.
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
TEST_WARNINGS := -Wall -Wextra -Wshadow -Werror=unused-function -Wno-unused-parameter $(if $(WERROR),-Werror)

UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
BPF_TESTS  := $(patsubst tests/bpf/%.c,$(B)/tests/bpf/%,$(sort $(wildcard tests/bpf/test_*.c)))
NETNS_TOOLS := $(patsubst tests/netns/%.c,$(B)/tests/netns/%,$(sort $(wildcard tests/netns/*.c)))
ASAN_OBJ   := $(LIB_SRC:%.c=$(B)/asan/%.o)

$(B)/asan/%.o: %.c | $(SKELETONS)
	@mkdir -p $(@D)
	$(say) CC-ASAN $<
	$(Q)$(CC) $(COMMON) $(SANITIZE) -isystem $(B)/skel $(LIB_CFLAGS) -MMD -MP -c $< -o $@

$(B)/asan/libctnet.a: $(ASAN_OBJ)
	$(Q)rm -f $@ && $(AR) rcsD $@ $(ASAN_OBJ)

$(B)/tests/unit/%: tests/unit/%.c $(B)/asan/libctnet.a
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(COMMON) $(SANITIZE) $(TEST_WARNINGS) -Itests -isystem $(B)/skel $(LIB_CFLAGS) -MMD -MP -MF $@.d $< $(B)/asan/libctnet.a -lcmocka $(LIB_LDLIBS) -o $@

$(B)/tests/bpf/%: tests/bpf/%.c $(B)/libctnet.a | $(SKELETONS)
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(COMMON) $(CFLAGS) $(TEST_WARNINGS) -Itests -isystem $(B)/skel $(LIB_CFLAGS) -MMD -MP -MF $@.d $< $(B)/libctnet.a -lcmocka $(LIB_LDLIBS) -o $@

# Small programs the netns tests send and receive with.
$(B)/tests/netns/%: tests/netns/%.c
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(COMMON) $(CFLAGS) $(TEST_WARNINGS) -MMD -MP -MF $@.d $< -o $@

check-unit: $(UNIT_TESTS)
	@tests/run-tests unit $(UNIT_TESTS)

check-bpf: $(BPF_TESTS)
	@tests/run-tests bpf $(BPF_TESTS)

check-netns: all $(NETNS_TOOLS)
	@tests/run-tests netns $(sort $(wildcard tests/netns/test_*.sh))

check-engines: all $(NETNS_TOOLS)
	@tests/run-tests engines $(sort $(wildcard tests/engines/test_*.sh))
