#!/bin/sh
# Fetch Debian sid's Asterisk 22 without root and without touching this host's packages: a private apt
# state, the .debs kept by their SHA256, unpacked into DEST/tree.
#
#   docker/asterisk/fetch.sh DEST        needs apt-get, dpkg-deb and Debian's archive keyring
#
# DEST/tree is complete when DEST/ready exists; a second run then returns at once. A cached .deb is used
# again only when its SHA256 is the one that the signed package list names.
set -eu

fail() { echo "asterisk: $*" >&2; exit 1; }

[ $# -eq 1 ] || fail "usage: fetch.sh DEST"
here=$(dirname "$(readlink -f "$0")")
[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || fail "only tried on Debian amd64"
for tool in apt-get dpkg-deb sha256sum; do
    command -v "$tool" >/dev/null || fail "$tool is missing; on another system install Asterisk >= 20.16 yourself"
done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || fail "no Debian archive keyring; apt-get install debian-archive-keyring"

mkdir -p "$1"
dest=$(readlink -f "$1")
exec 9> "$dest/lock"
command -v flock >/dev/null && flock 9
[ -e "$dest/ready" ] && exit 0

# the mirror that this host's own apt uses
mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -v security | head -n 1)
if [ -z "$mirror" ]; then
    mirror=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' \
        /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | grep -v security | head -n 1)
fi
[ -n "$mirror" ] || fail "this host's apt names no Debian mirror"

apt=$dest/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$dest/debs"
echo "deb [arch=amd64 signed-by=$keyring] $mirror sid main" > "$apt/sources.list"
: > "$apt/status"
private() {
    apt-get -qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
        -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" -o Dir::State::status="$apt/status" \
        -o Dir::Cache="$apt/cache" -o APT::Sandbox::User= -o Acquire::Languages=none \
        -o Acquire::Retries=3 -o Debug::NoLocking=true "$@"
}
private update || fail "Debian's package lists cannot be had; is there a network?"

# shellcheck disable=SC2046 # one package a word
private download --print-uris $(cat "$here/packages.txt") > "$apt/wanted" \
    || fail "a package of packages.txt is not in sid any more"
good() { echo "$1  $dest/debs/$1.deb" | sha256sum -c --status 2>/dev/null; }

tr -d "'" < "$apt/wanted" | sed 's/ SHA256:/ /' > "$apt/plain"
missing=""
while read -r _uri file _size sum; do
    good "$sum" || missing="$missing ${file%%_*}"
done < "$apt/plain"
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # one package a word
    (cd "$apt/cache" && private download $missing) || fail "a package cannot be fetched"
fi

rm -rf "$dest/tree" "$dest/tree.new"
mkdir "$dest/tree.new"
while read -r _uri file _size sum; do
    [ ! -e "$apt/cache/$file" ] || mv "$apt/cache/$file" "$dest/debs/$sum.deb"
    good "$sum" || fail "wrong checksum: ${file%%_*}"
    echo "$sum  $file"
    dpkg-deb -x "$dest/debs/$sum.deb" "$dest/tree.new"
done < "$apt/plain" > "$dest/SHA256SUMS"
rm -rf "$dest/tree.new/usr/share/doc" "$dest/tree.new/usr/share/man" "$dest/tree.new/usr/share/locale" "$apt"
mv "$dest/tree.new" "$dest/tree"
: > "$dest/ready"
