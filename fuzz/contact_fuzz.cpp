// Email addresses, URLs, origins and network addresses: texts whose one canonical form decides who somebody is.

#include "fuzz.h"

#include "base/ip_network.h"
#include "base/url.h"
#include "contacts/email_address.h"

#include <algorithm>

namespace accessd::fuzz {
namespace {

using contacts::EmailAddress;

std::string upper(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return text;
}

void check_email(std::string_view text)
{
    const auto email = EmailAddress::parse(text);
    if (!email) {
        require(email.error().code == ErrorCode::InvalidEmail, "a refusal is INVALID_EMAIL");
        require(!email.error().message.empty(), "a refusal says why");
        return;
    }
    const auto& canonical = email->text();
    require(canonical.size() <= 254 && std::count(canonical.begin(), canonical.end(), '@') == 1,
            "an address has its length and its one @");
    require(std::all_of(canonical.begin(), canonical.end(),
                        [](char c) {
                            return c > ' ' && c < 0x7f && (c < 'A' || c > 'Z') &&
                                   std::string_view{"%|`<>\"(),:;\\[]"}.find(c) ==
                                       std::string_view::npos;
                        }),
            "an address is lower-case ASCII without what relays read as more");
    const auto again = EmailAddress::parse(canonical);
    require(again.has_value() && *again == *email, "a canonical address is its own");
    const auto louder = EmailAddress::parse(" \t" + upper(canonical) + "\r\n");
    require(louder.has_value() && *louder == *email, "case and outer spaces make no other person");
    require(email->domain().find('.') != std::string_view::npos, "a domain has labels");

    const auto limited = email->limit_key();
    require(limited.ends_with(email->domain()) && !limited.starts_with('@'),
            "limits count per mailbox");
    const auto masked = email->masked();
    if (email->local_part().size() > 1) {
        require(masked.find(email->local_part()) == std::string::npos ||
                    email->domain().find(email->local_part()) != std::string_view::npos,
                "a mask hides the name");
    }
    const auto tagged = EmailAddress::parse(std::string{email->local_part()} + "+x@" +
                                            std::string{email->domain()});
    if (tagged) require(tagged->limit_key() == limited, "a plus-tag makes no other mailbox");
}

void check_url(std::string_view text)
{
    const bool is_url = is_web_url(text);
    if (is_web_origin(text)) require(is_url, "an origin is a URL");
    if (!is_url) return;
    require(text.starts_with("http") || text.starts_with("HTTP") ||
                upper(std::string{text}).starts_with("HTTP"),
            "a web URL is HTTP");
    require(text.size() <= 2000 && text.find('#') == std::string_view::npos,
            "no fragment, no novel");
    require(std::all_of(text.begin(), text.end(),
                        [](char c) { return c > ' ' && c < 0x7f && c != '\\'; }),
            "a URL has nothing that browsers read in two ways");
    const auto host = text.substr(text.find("://") + 3);
    require(host.substr(0, host.find_first_of("/?")).find('@') == std::string_view::npos,
            "a URL has no credentials");
}

void check_ip(std::string_view text)
{
    if (const auto network = IpNetwork::parse(text)) {
        const auto base = IpAddress::parse(text.substr(0, text.find('/')));
        require(base && network->contains(*base), "a network holds its base");
    }
    const auto address = IpAddress::parse(text);
    if (!address) return;
    const auto again = IpAddress::parse(address->text());
    require(again && *again == *address, "an address comes back from its text");
    require(again->text() == address->text(), "an address has one form");
    require(address->client().client() == address->client(), "a client is its own");
    const auto alone = IpNetwork::parse(address->text());
    require(alone && alone->contains(*address), "an address is a network of one");
    require(address->is_v4() || address->client().text().ends_with("::") ||
                address->text() == "::" || address->client() <= *address,
            "a client is where its network begins");
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = accessd::fuzz::to_view(data, size);
    accessd::fuzz::check_email(text);
    accessd::fuzz::check_url(text);
    accessd::fuzz::check_ip(text);
    return 0;
}
