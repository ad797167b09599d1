#include "sources/address_finder.h"

namespace accessd::sources {

tl::expected<std::vector<std::string>, Failure> AddressFinder::addresses_of(
    const std::string& host) const
{
    constexpr std::size_t addresses_max = 4;  // Each is tried in turn.
    const auto literal = IpAddress::parse(host);
    const auto addresses = literal ? std::vector{*literal} : resolve_(host);
    if (addresses.empty()) return down("the name of the host can't be resolved");
    std::vector<std::string> texts;
    for (const auto& address : addresses) {
        if (!guard_.allows(address)) {
            return down(
                "the host leads to an address that isn't public; whoever runs the server can "
                "open inner networks with outbound.allow");
        }
        if (texts.size() < addresses_max) texts.push_back(address.text());
    }
    return texts;
}

}  // namespace accessd::sources
