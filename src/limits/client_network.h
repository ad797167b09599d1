#pragma once

#include <string>

namespace accessd::limits {

/// What a person's address is counted as: an IPv4 address as it is, also where it is written as IPv6;
/// of an IPv6 address the /64, all of which one connection usually has. One spelling for each.
/// Empty for what is no address.
std::string client_network(const std::string& address);

}  // namespace accessd::limits
