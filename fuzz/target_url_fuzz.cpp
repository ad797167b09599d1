// Where the server is told to connect to, over the API: a URL is read as one host, the same that libcurl connects to, or
// not at all; and no spelling of an inner address is taken for a name or for a public one.

#include "fuzz.h"

#include "outbound/target_url.h"

#include <algorithm>

namespace accessd::fuzz {
namespace {

using outbound::Guard;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether resolvers may read an address into it: its last label is a number.
bool ends_in_number(std::string_view name)
{
    if (name.ends_with('.')) name.remove_suffix(1);
    const auto last = name.substr(name.rfind('.') + 1);
    if (last.starts_with("0x") || last.starts_with("0X")) {
        return last.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
    }
    return !last.empty() && std::all_of(last.begin(), last.end(), is_digit);
}

void check_host(const Guard::Host& host)
{
    require(!host.text.empty(), "a host has a name");
    require(std::none_of(host.text.begin(), host.text.end(),
                         [](char c) { return c >= 'A' && c <= 'Z'; }),
            "a host is in lower case");
    const auto again = outbound::parse_host(host.text);
    require(again && again->text == host.text, "a host is read the same again");
    if (host.address) return;
    require(!ends_in_number(host.text), "what resolvers read as an address is no name");
    require(!IpAddress::parse(host.text), "nor is an address");
}

void check_guard(const Guard::Host& host)
{
    if (!host.address) return;
    static const Guard closed{{}, [](const std::string&) { return std::vector<IpAddress>{}; }};
    require(closed.check_host(host.text, "url").has_value() == outbound::is_public(*host.address),
            "an inner address is refused however it is written");
}

void check_url(std::string_view text)
{
    const auto target = outbound::parse_target_url(text);
    if (!target) return;
    require(text.starts_with(target->is_https ? "https://" : "http://"), "a target is HTTP");
    require(target->port >= 1 && target->port <= 65535, "a target has a port");
    require(std::none_of(text.begin(), text.end(),
                         [](char c) { return c <= ' ' || c >= 0x7f || c == '\\' || c == '#'; }),
            "a URL is plain");
    const auto authority = text.substr(text.find("//") + 2);
    require(authority.substr(0, authority.find_first_of("/?")).find('@') == std::string_view::npos,
            "a URL has no credentials");
    check_host(target->host);
    check_guard(target->host);
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace accessd;
    const auto text = fuzz::to_view(data, size);
    fuzz::check_url(text);
    if (const auto host = outbound::parse_host(text)) {
        fuzz::check_host(*host);
        fuzz::check_guard(*host);
    }
    return 0;
}
