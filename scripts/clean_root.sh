# Sourced by the scripts that need a machine on which nothing is installed: a Debian 12 in a folder.

# make_clean_root FOLDER PACKAGES: what a minimal system has, and these packages ("ca-certificates,curl"). It fetches
# packages as this machine does. Needs root and debootstrap. Fails, with the reason on standard error.
make_clean_root() {
    local root="$1" packages="$2" mirror
    # The first archive of Debian 12 that apt is configured for, in either form of its lists.
    mirror="$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
        /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } | awk '
        /^deb / {
            sub(/\[[^]]*\] */, "")
            if ($3 == "bookworm" && found == "") found = $2
        }
        /^[Tt]ypes:/ { uri = suite = "" }
        /^URIs:/ { uri = $2 }
        /^Suites:/ { for (i = 2; i <= NF; i++) if ($i == "bookworm") suite = 1 }
        uri != "" && suite && found == "" { found = uri }
        END { print found }')"
    if [[ -z "$mirror" ]]; then
        echo "found no archive of Debian 12 (bookworm) in /etc/apt/sources.list*" >&2
        return 1
    fi
    if ! debootstrap --variant=minbase --include="$packages" bookworm "$root" "$mirror" >"$root.log" 2>&1; then
        tail -n 20 "$root.log" >&2
        rm -f "$root.log"
        return 1
    fi
    rm -f "$root.log"

    # This machine's apt sources, the keys they name, and how apt fetches.
    rm -f "$root"/etc/apt/sources.list
    cp -a /etc/apt/sources.list "$root/etc/apt/" 2>/dev/null || true
    cp -a /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources \
        "$root/etc/apt/sources.list.d/" 2>/dev/null || true
    cp -a /etc/apt/trusted.gpg.d/. "$root/etc/apt/trusted.gpg.d/" 2>/dev/null || true
    cp -a /etc/apt/keyrings/. "$root/etc/apt/keyrings/" 2>/dev/null || true
    apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/00host" || true

    # Names, and the certificate authorities that were added to this machine.
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    find /usr/local/share/ca-certificates -name '*.crt' -exec \
        cp -L {} "$root/usr/local/share/ca-certificates/" \; 2>/dev/null || true
    chroot "$root" update-ca-certificates >/dev/null 2>&1
}

# mount_clean_root FOLDER: what a running system has. In a mount and process namespace of the caller's.
mount_clean_root() {
    mount -t proc proc "$1/proc"
    mount -t sysfs -o ro sysfs "$1/sys"
    mount --rbind /dev "$1/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
    mount -t tmpfs -o mode=755 tmpfs "$1/run"
}

# clean_environment: adds to the array `environment` what programs in there shall know of this machine: little, but
# its proxies, where it uses them.
clean_environment() {
    local name
    environment+=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        LANG=C.UTF-8 TERM="${TERM:-dumb}")
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
        [[ -z "${!name:-}" ]] || environment+=("$name=${!name}")
    done
}
