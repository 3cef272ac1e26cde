# SPDX-License-Identifier: GPL-2.0-only
#
# make            builds build/ctnetd, build/ctnet, build/ctnet-top
# make help       lists everything else
#
# Variables: CC CLANG BPFTOOL CFLAGS LDFLAGS PREFIX DESTDIR V=1 WERROR=1 VMLINUX=full

VERSION    := 0.1.0

CC         ?= gcc
CLANG      ?= clang
BPFTOOL    ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
PREFIX     ?= /usr/local
SBINDIR    ?= $(PREFIX)/sbin
BINDIR     ?= $(PREFIX)/bin
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man
UNITDIR    ?= $(PREFIX)/lib/systemd/system
COMPLETIONDIR ?= $(DATADIR)/bash-completion/completions
B          ?= build

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-8s %s\n'
endif

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all help clean install uninstall run deb

PROGRAMS := $(patsubst user/app/%.c,$(B)/%,$(subst ctnet_top,ctnet-top,$(wildcard $(addprefix user/app/,ctnetd.c ctnet.c ctnet_top.c))))

all: $(B)/libctnet.a $(PROGRAMS)

# ---------------------------------------------------------------- flags

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wformat=2 -Wvla -Wundef -Wpointer-arith -Wwrite-strings -Wnull-dereference -Wimplicit-fallthrough \
	-Wcast-align -Wdouble-promotion -Wswitch-enum -Wredundant-decls -Wdate-time $(if $(WERROR),-Werror)
HARDENING := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
COMMON   := -std=gnu17 -D_GNU_SOURCE -DCTNET_VERSION='"$(VERSION)"' -Iuser -Iinclude -ffile-prefix-map=$(CURDIR)=.
CFLAGS   ?= -O2 -g
# base, model and render are arithmetic on other people's numbers: no silent conversion there
STRICT_DIRS := user/base user/model user/render
strict    = $(if $(filter $(STRICT_DIRS),$(patsubst %/,%,$(dir $(1)))),-Wconversion -Wsign-conversion)

LIBS     := libbpf libelf zlib libmnl jansson ncursesw libmicrohttpd libsystemd libcap libseccomp
LIB_CFLAGS := $(shell $(PKG_CONFIG) --cflags-only-I $(LIBS) 2>/dev/null)
# each program is linked with what it needs alone: ctnet starts without an HTTP server
LIB_LDLIBS := -Wl,--as-needed $(shell $(PKG_CONFIG) --libs $(LIBS) 2>/dev/null || echo -lbpf -lelf -lz -lmnl -ljansson -lncursesw -ltinfo -lmicrohttpd -lsystemd -lcap -lseccomp) -lm

ARCH     := $(shell uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/; s/ppc64le/powerpc/; s/riscv64/riscv/')
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -std=gnu17 -Wall -Wextra -Wno-unused-parameter -Werror \
	-fno-stack-protector -ffile-prefix-map=$(CURDIR)=. -D__TARGET_ARCH_$(ARCH) -Iinclude -Ibpf

# ---------------------------------------------------------------- kernel side

BPF_NAMES := $(patsubst bpf/%.bpf.c,%,$(sort $(wildcard bpf/*.bpf.c)))
SKELETONS := $(BPF_NAMES:%=$(B)/skel/%.skel.h)

ifeq ($(VMLINUX),full)
VMLINUX_DIR := $(B)/vmlinux-full
VMLINUX_H   := $(VMLINUX_DIR)/vmlinux.h
else
VMLINUX_DIR := vmlinux
endif

$(B)/vmlinux-full/vmlinux.h:
	@mkdir -p $(@D)
	$(say) BTF $@
	$(Q)$(BPFTOOL) btf dump file /sys/kernel/btf/vmlinux format c >$@

# the compiler's object says where vmlinux.h came from, so that VMLINUX=full builds anew
$(B)/bpf/.vmlinux-$(or $(VMLINUX),kept):
	@mkdir -p $(@D) && rm -f $(B)/bpf/.vmlinux-* && touch $@

$(B)/bpf/%.tmp.o: bpf/%.bpf.c $(VMLINUX_H) $(B)/bpf/.vmlinux-$(or $(VMLINUX),kept)
	@mkdir -p $(@D)
	$(say) CLANG-BPF $<
	$(Q)$(CLANG) $(BPF_CFLAGS) -I$(VMLINUX_DIR) -MMD -MP -MT $@ -MF $(@:.o=.d) -c $< -o $@

$(B)/bpf/%.bpf.o: $(B)/bpf/%.tmp.o
	$(Q)$(BPFTOOL) gen object $@ $<

$(B)/skel/%.skel.h: $(B)/bpf/%.bpf.o
	@mkdir -p $(@D)
	$(say) SKELETON $@
	$(Q)$(BPFTOOL) gen skeleton $< name $(*)_bpf >$@

# ---------------------------------------------------------------- user side

APP_SRC  := $(sort $(wildcard user/app/*.c))
MAINS    := user/app/ctnetd.c user/app/ctnet.c user/app/ctnet_top.c
LIB_SRC  := $(sort $(filter-out $(MAINS),$(wildcard user/*/*.c user/observe/*/*.c)))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/obj/%.o)

$(B)/obj/%.o: %.c | $(SKELETONS)
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(COMMON) $(CFLAGS) $(HARDENING) $(WARNINGS) $(call strict,$<) -isystem $(B)/skel $(LIB_CFLAGS) -MD -MP -c $< -o $@

$(B)/libctnet.a: $(LIB_OBJ)
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcsD $@ $(LIB_OBJ)

link = $(Q)$(CC) $(CFLAGS) -pie -Wl,-z,relro,-z,now $(LDFLAGS) $(filter %.o %.a,$^) $(LIB_LDLIBS) -o $@

$(B)/ctnetd: $(B)/obj/user/app/ctnetd.o $(B)/libctnet.a
	$(say) LINK $@
	$(link)
$(B)/ctnet: $(B)/obj/user/app/ctnet.o $(B)/libctnet.a
	$(say) LINK $@
	$(link)
$(B)/ctnet-top: $(B)/obj/user/app/ctnet_top.o $(B)/libctnet.a
	$(say) LINK $@
	$(link)

# ---------------------------------------------------------------- the two commands

run:
	@tools/install-deps build
	@$(MAKE) --no-print-directory all
	@tools/run $(B)

include tests/tests.mk

# ---------------------------------------------------------------- install

# what is installed beside the programs, as SOURCE:DIRECTORY; man pages where scdoc is there to make them
MAN_PAGES := $(if $(shell command -v scdoc),$(patsubst tools/man/%.scd,$(B)/man/%,$(wildcard tools/man/*.scd)))
BESIDE    := $(foreach page,$(MAN_PAGES),$(page):$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page))) \
	$(B)/ctnetd.service:$(UNITDIR)/ctnetd.service \
	$(foreach name,ctnet ctnet-top ctnetd,tools/completion/ctnet.bash:$(COMPLETIONDIR)/$(name)) \
	tools/prometheus/ctnet.rules.yaml:$(DATADIR)/ctnet/ctnet.rules.yaml \
	tools/grafana/ctnet.json:$(DATADIR)/ctnet/grafana.json

$(B)/man/%: tools/man/%.scd
	@mkdir -p $(@D)
	$(say) SCDOC $@
	$(Q)scdoc <$< >$@

$(B)/ctnetd.service: tools/systemd/ctnetd.service.in
	@mkdir -p $(@D)
	$(Q)sed 's|@SBINDIR@|$(SBINDIR)|' $< >$@

install: all $(MAN_PAGES) $(B)/ctnetd.service
	$(INSTALL) -D -m 0755 $(B)/ctnetd $(DESTDIR)$(SBINDIR)/ctnetd
	$(INSTALL) -D -m 0755 $(B)/ctnet $(DESTDIR)$(BINDIR)/ctnet
	$(INSTALL) -D -m 0755 $(B)/ctnet-top $(DESTDIR)$(BINDIR)/ctnet-top
	@set -e; for file in $(BESIDE); do \
		$(INSTALL) -D -m 0644 "$${file%%:*}" "$(DESTDIR)$${file#*:}"; done
	$(if $(MAN_PAGES),,@echo "no man pages: scdoc is not installed" >&2)

uninstall:
	rm -f $(addprefix $(DESTDIR),$(SBINDIR)/ctnetd $(BINDIR)/ctnet $(BINDIR)/ctnet-top $(foreach file,$(BESIDE),$(lastword $(subst :, ,$(file)))))
	-rmdir $(DESTDIR)$(DATADIR)/ctnet

deb:
	@tools/deb $(B)

clean:
	rm -rf $(B)

help:
	@sed -n 's/^## //p' Makefile tests/tests.mk

## make               build ctnetd, ctnet and ctnet-top into build/
## make run           install what is missing, build, run the agent and show this machine's containers (root)
## make check         install what the tests need, build, run every test (root)
## make install       install into DESTDIR/PREFIX (default /usr/local)
## make uninstall     take that away again
## make deb           make a Debian package in build/deb
## make clean         remove build/
## make VMLINUX=full  build the kernel side against the running kernel's own types, as a check
## V=1 shows the commands, WERROR=1 makes warnings errors, CC=clang takes the other compiler

-include $(shell find $(B) -name '*.d' 2>/dev/null)
