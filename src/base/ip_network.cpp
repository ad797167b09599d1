#include "base/ip_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace accessd {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;
constexpr std::size_t kClientBytes = 8;  // /64: what a household or a machine is given.

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text)
{
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string terminated{text};
    IpAddress address;
    if (inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) return address;
    std::copy(kMapped.begin(), kMapped.end(), address.bytes_.begin());
    if (inet_pton(AF_INET, terminated.c_str(), address.bytes_.data() + kMapped.size()) == 1) {
        return address;
    }
    return std::nullopt;
}

std::optional<IpAddress> IpAddress::from_bytes(std::span<const std::uint8_t> bytes)
{
    IpAddress address;
    if (bytes.size() == address.bytes_.size()) {
        std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
        return address;
    }
    if (bytes.size() != address.bytes_.size() - kMapped.size()) return std::nullopt;
    std::copy(kMapped.begin(), kMapped.end(), address.bytes_.begin());
    std::copy(bytes.begin(), bytes.end(), address.bytes_.begin() + kMapped.size());
    return address;
}

bool IpAddress::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes_.begin()); }

std::string IpAddress::text() const
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    const auto* bytes = bytes_.data() + (is_v4() ? kMapped.size() : 0);
    inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes, text.data(), text.size());
    return text.data();
}

bool IpAddress::is_loopback() const
{
    if (is_v4()) return bytes_[kMapped.size()] == 127;
    return std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto byte) { return byte == 0; }) &&
           bytes_.back() == 1;
}

IpAddress IpAddress::client() const
{
    auto network = *this;
    if (!is_v4()) std::fill(network.bytes_.begin() + kClientBytes, network.bytes_.end(), 0);
    return network;
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text)
{
    const auto slash = text.find('/');
    const auto base = IpAddress::parse(text.substr(0, slash));
    if (!base) return std::nullopt;
    IpNetwork network;
    network.base_ = *base;
    if (slash == std::string_view::npos) return network;
    const auto digits = text.substr(slash + 1);
    const auto* end = digits.data() + digits.size();
    const bool is_v4_text = text.find(':') == std::string_view::npos;
    const int bits_max = is_v4_text ? 32 : 128;
    const auto read = std::from_chars(digits.data(), end, network.bits_);
    const bool is_number = read.ec == std::errc{} && read.ptr == end;
    if (!is_number || network.bits_ < 0 || network.bits_ > bits_max) return std::nullopt;
    if (is_v4_text) network.bits_ += kMappedBits;
    return network;
}

bool IpNetwork::contains(const IpAddress& address) const
{
    const auto whole = static_cast<std::size_t>(bits_ / 8);
    const auto begin = base_.bytes_.begin();
    if (!std::equal(begin, begin + static_cast<std::ptrdiff_t>(whole), address.bytes_.begin())) {
        return false;
    }
    const int rest = bits_ % 8;
    if (rest == 0) return true;
    const auto difference = static_cast<unsigned>(base_.bytes_[whole] ^ address.bytes_[whole]);
    return (difference >> static_cast<unsigned>(8 - rest)) == 0;
}

}  // namespace accessd
