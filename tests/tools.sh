#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tools.sh build CC CLANG BPFTOOL PKG_CONFIG   checks what the build needs: one sentence per missing thing
# tools.sh install SET...                      installs what is missing of the sets build, quickstart, check
#
# Called by the Makefile. `build` changes nothing; `install` needs root only if something is missing, and
# asks no package manager when nothing is. apt is tested (Debian 12); the names for dnf and pacman are
# given in good faith and are untested.
set -euo pipefail

export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
LIBBPF_MINIMUM=1.1
CLANG_MINIMUM=14

# One row per thing: sets, how to see that it is there (a command, or file:HEADER), apt, dnf, pacman.
# A row whose package depends on a variable of make (CC, CLANG...) is looked at in check_build too.
THINGS='
build            make                          make               make              make
build            gcc                           gcc                gcc               gcc
build            file:stdlib.h                 libc6-dev          glibc-devel       glibc
build            clang                         clang              clang             clang
build            bpftool                       bpftool            bpftool           bpf
build            pkg-config                    pkg-config         pkgconf           pkgconf
build            file:bpf/libbpf.h             libbpf-dev         libbpf-devel      libbpf
build            file:pcap/pcap.h              libpcap-dev        libpcap-devel     libpcap
build            file:libelf.h                 libelf-dev         elfutils-libelf-devel libelf
build            file:zlib.h                   zlib1g-dev         zlib-devel        zlib
build            file:json-c/json.h            libjson-c-dev      json-c-devel      json-c
quickstart,check ip                            iproute2           iproute           iproute2
quickstart,check ping                          iputils-ping       iputils           iputils
quickstart,check nft                           nftables           nftables          nftables
quickstart,check socat                         socat              socat             socat
check            file:cmocka.h                 libcmocka-dev      libcmocka-devel   cmocka
check            tcpdump                       tcpdump            tcpdump           tcpdump
check            tshark                        tshark             wireshark-cli     wireshark-cli
check            capinfos                      wireshark-common   wireshark-cli     wireshark-cli
check            editcap                       wireshark-common   wireshark-cli     wireshark-cli
check            python3                       python3            python3           python
check            sysctl                        procps             procps-ng         procps-ng
check            ps                            procps             procps-ng         procps-ng
check            setpriv                       util-linux         util-linux        util-linux
check            shellcheck                    shellcheck         ShellCheck        shellcheck
check            mandoc                        mandoc             mandoc            mandoc
check            qemu-system-x86_64            qemu-system-x86    qemu-system-x86-core qemu-system-x86
check            busybox                       busybox-static     busybox           busybox
check            cpio                          cpio               cpio              cpio
check            depmod                        kmod               kmod              kmod
check            xz                            xz-utils           xz                xz
check            zstd                          zstd               zstd              zstd
check            wg                            wireguard-tools    wireguard-tools   wireguard-tools
check            iptables                      iptables           iptables-nft      iptables-nft
check            arptables-legacy              arptables          iptables-legacy   arptables
check            ebtables-legacy               ebtables           iptables-legacy   ebtables
'

# CC may carry words: "ccache gcc"
compile()
{
	local cc

	read -ra cc <<<"${CC:-cc}"
	"${cc[@]}" -x c -o /dev/null "$@" - 2>/dev/null
}

have_header()
{
	printf '#include <stddef.h>\n#include <stdio.h>\n#include <%s>\n' "$1" | compile -E
}

have()
{
	case $1 in
	file:*)
		if echo 'int x;' | compile -c; then
			have_header "${1#file:}"
		else
			[ -e "/usr/include/${1#file:}" ]
		fi
		;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# ---- build: say what is missing ------------------------------------------------------------------

MISSING=0

# missing WHAT APT DNF PACMAN [MORE]
missing()
{
	echo "xcap: $1 is missing: apt-get install $2 (dnf install $3, pacman -S $4)${5:-}" >&2
	MISSING=1
}

# package_of WHAT: "apt dnf pacman" of its row
package_of()
{
	awk -v what="$1" '$2 == what { print $3, $4, $5; exit }' <<<"$THINGS"
}

require_row()
{
	local apt dnf pacman

	have "$1" && return
	read -r apt dnf pacman < <(package_of "$1")
	missing "$2" "$apt" "$dnf" "$pacman"
}

# at_least VERSION MINIMUM
at_least()
{
	[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

check_clang()
{
	local clang=$1 version

	if ! command -v "$clang" >/dev/null; then
		missing "the compiler $clang" clang clang clang " or make CLANG=clang-NN"
		return
	fi
	version=$("$clang" -dumpversion)
	if ! at_least "$version" $CLANG_MINIMUM; then
		missing "clang $CLANG_MINIMUM (this is $version)" clang-$CLANG_MINIMUM clang clang
	elif ! echo 'int x;' | "$clang" -target bpf -c -x c -o /dev/null - 2>/dev/null; then
		missing "the bpf target of $clang" clang clang clang
	fi
}

check_libbpf()
{
	local pkg_config=$1 version

	if ! have file:bpf/libbpf.h; then
		missing "the library libbpf (bpf/libbpf.h)" libbpf-dev libbpf-devel libbpf
	elif command -v "$pkg_config" >/dev/null && version=$("$pkg_config" --modversion libbpf 2>/dev/null) &&
		! at_least "$version" $LIBBPF_MINIMUM; then
		missing "libbpf $LIBBPF_MINIMUM (this is $version)" libbpf-dev libbpf-devel libbpf
	fi
}

check_build()
{
	local clang=$2 bpftool=$3 pkg_config=$4

	CC=$1
	if ! echo 'int x;' | compile -c; then
		missing "the C compiler $CC" gcc gcc gcc
	fi
	check_clang "$clang"
	# Debian's linux-perf and Ubuntu's wrappers answer without being a bpftool: ask for its version
	if ! "$bpftool" version >/dev/null 2>&1; then
		missing "the tool bpftool" bpftool bpftool bpf " or make BPFTOOL=/path/to/bpftool"
	fi
	# without the C library's headers no other one can be tried
	require_row file:stdlib.h "the C library's stdlib.h"
	have file:stdlib.h || return 1
	check_libbpf "$pkg_config"
	require_row file:pcap/pcap.h "the library libpcap (pcap/pcap.h)"
	require_row file:libelf.h "the library libelf (libelf.h)"
	require_row file:zlib.h "the library zlib (zlib.h)"
	require_row file:json-c/json.h "the library json-c (json-c/json.h)"
	return "$MISSING"
}

# ---- install: bring what is missing --------------------------------------------------------------

# wanted_packages COLUMN SET...: of the things that are not there.
wanted_packages()
{
	local column=$1 sets what packages set

	shift
	while read -r sets what packages; do
		[ -n "$sets" ] || continue
		for set; do
			case ,$sets, in
			*,"$set",*) have "$what" || echo "$packages" | awk -v c="$column" '{ print $c }' ;;
			esac
		done
	done <<<"$THINGS" | sort -u
}

manager()
{
	local name

	for name in apt-get dnf pacman; do
		! command -v "$name" >/dev/null || { echo "$name"; return; }
	done
}

apt_install()
{
	local apt=(apt-get -q -o Dpkg::Use-Pty=0)

	export DEBIAN_FRONTEND=noninteractive
	# an image without package lists, or with lists that are too old to fetch from
	if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null ||
		! "${apt[@]}" install -y --no-install-recommends "$@"; then
		"${apt[@]}" update
		"${apt[@]}" install -y --no-install-recommends "$@"
	fi
}

install_sets()
{
	local manager packages=() set

	for set; do
		case $set in
		build | quickstart) ;;
		check) set -- build "$@" ;;
		*) echo "tests/tools.sh: no set '$set' (build quickstart check)" >&2; return 2 ;;
		esac
	done
	manager=$(manager)
	case $manager in
	apt-get) mapfile -t packages < <(wanted_packages 1 "$@") ;;
	dnf) mapfile -t packages < <(wanted_packages 2 "$@") ;;
	pacman) mapfile -t packages < <(wanted_packages 3 "$@") ;;
	*) mapfile -t packages < <(wanted_packages 1 "$@") ;;
	esac
	[ ${#packages[@]} -gt 0 ] || return 0
	if [ -z "$manager" ]; then
		echo "xcap: there is no apt-get, dnf or pacman: install ${packages[*]} (names of Debian)" >&2
		return 1
	fi
	if [ "$(id -u)" != 0 ]; then
		echo "xcap: installing ${packages[*]} needs root: run this under sudo" >&2
		return 1
	fi
	echo "xcap: installing ${packages[*]} by $manager"
	case $manager in
	apt-get) apt_install "${packages[@]}" ;;
	dnf) echo "xcap: dnf is untested"; dnf install -y "${packages[@]}" ;;
	pacman) echo "xcap: pacman is untested"; pacman -S --noconfirm --needed "${packages[@]}" ;;
	esac
}

case ${1:-} in
build)
	[ $# = 5 ] || { echo "usage: tests/tools.sh build CC CLANG BPFTOOL PKG_CONFIG" >&2; exit 2; }
	check_build "$2" "$3" "$4" "$5"
	;;
install)
	[ $# -gt 1 ] || { echo "usage: tests/tools.sh install SET..." >&2; exit 2; }
	shift
	install_sets "$@"
	;;
*)
	echo "usage: tests/tools.sh build CC CLANG BPFTOOL PKG_CONFIG | install SET..." >&2
	exit 2
	;;
esac
