#pragma once

#include <string>
#include <string_view>

namespace accessd {

/// Whether `text` is an absolute URL that a web page may be sent to: https, or http to a loopback
/// host (for development); with a host, without credentials or fragment; at most 2,000 characters.
bool is_web_url(std::string_view text);

/// Whether `text` is an origin as browsers write it (RFC 6454, 6.2): scheme, host and, where it isn't
/// the scheme's own, port; nothing behind it. The schemes of is_web_url.
bool is_web_origin(std::string_view text);

/// Whether a host name or address is this machine: localhost, *.localhost, 127.0.0.0/8, [::1].
bool is_loopback_host(std::string_view host);

}  // namespace accessd
