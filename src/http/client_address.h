#pragma once

#include "base/ip_network.h"
#include "http/request.h"

#include <string>
#include <vector>

namespace accessd::http {

/// Whether the address belongs to one of these networks.
bool is_trusted(const IpAddress& address, const std::vector<IpNetwork>& trusted);

/// Whose request it is: `peer`, or behind proxies of ours the address that the outermost of them saw.
/// X-Forwarded-For is read from the right, because whoever sends the request writes its left end:
/// entries of trusted proxies are passed over, and the first other one is the client. An entry that is
/// no address ends the walk at the proxy that handed it on.
std::string client_address(const std::string& peer, const Request& request,
                           const std::vector<IpNetwork>& trusted);

}  // namespace accessd::http
