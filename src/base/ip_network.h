#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace accessd {

/// An IPv4 or IPv6 address. An IPv4 address written as IPv6 (::ffff:192.0.2.1) is the IPv4 one.
class IpAddress {
public:
    /// Without port, brackets or zone.
    static std::optional<IpAddress> parse(std::string_view text);

    /// From the 4 or 16 bytes of the network's order; nothing for another number of bytes.
    static std::optional<IpAddress> from_bytes(std::span<const std::uint8_t> bytes);

    /// The one form that all spellings of an address come to: "192.0.2.1", "2001:db8::1".
    std::string text() const;
    bool is_v4() const;
    bool is_loopback() const;
    /// What one client has to itself: an IPv4 address, the /64 of an IPv6 one.
    IpAddress client() const;

    /// 16 bytes in the network's order, an IPv4 address mapped.
    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

    auto operator<=>(const IpAddress&) const = default;

private:
    friend class IpNetwork;
    std::array<std::uint8_t, 16> bytes_{};  ///< IPv4: mapped.
};

/// The addresses that begin with the same bits: "10.0.0.0/8", or a single one: "10.0.0.1".
class IpNetwork {
public:
    static std::optional<IpNetwork> parse(std::string_view text);
    bool contains(const IpAddress& address) const;

private:
    IpAddress base_;
    int bits_ = 128;  ///< Of the mapped form.
};

}  // namespace accessd
