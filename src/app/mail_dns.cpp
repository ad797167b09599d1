#include "app/mail_dns.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>

#include <array>
#include <memory>
#include <string_view>

namespace accessd::app {
namespace {

constexpr int kSecondsPerTry = 2;
constexpr int kTries = 2;
constexpr std::size_t kAnswerMax = std::size_t{64} * 1024;

/// A record's text is several strings, each with its length before it.
std::string join_strings(const unsigned char* data, std::size_t size)
{
    std::string text;
    for (std::size_t at = 0; at < size;) {
        const std::size_t length = data[at];
        if (at + 1 + length > size) break;
        for (std::size_t i = 0; i < length; ++i) text += static_cast<char>(data[at + 1 + i]);
        at += 1 + length;
    }
    return text;
}

std::vector<std::string> read_texts(const unsigned char* answer, int length)
{
    std::vector<std::string> texts;
    ns_msg message{};
    if (ns_initparse(answer, length, &message) != 0) return texts;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
        ns_rr record{};
        if (ns_parserr(&message, ns_s_an, i, &record) != 0) break;
        if (ns_rr_type(record) != ns_t_txt) continue;
        texts.push_back(join_strings(ns_rr_rdata(record), ns_rr_rdlen(record)));
    }
    return texts;
}

/// "v=spf1" alone or before a space, not "v=spf10".
bool has_version(std::string_view text, std::string_view version)
{
    if (!text.starts_with(version)) return false;
    text.remove_prefix(version.size());
    return text.empty() || text.front() == ' ' || text.front() == ';';
}

std::vector<std::string> of_version(const TextRecords& records, std::string_view version)
{
    std::vector<std::string> found;
    for (const auto& text : records.texts) {
        if (has_version(text, version)) found.push_back(text);
    }
    return found;
}

/// The value of "name=value" among parts set apart by `separator`.
std::string tag_of(std::string_view text, std::string_view name)
{
    while (!text.empty()) {
        const auto end = text.find(';');
        auto part = text.substr(0, end);
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        if (part.starts_with(name) && part.substr(name.size()).starts_with('=')) {
            return std::string{part.substr(name.size() + 1)};
        }
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return {};
}

Finding unreachable(std::string check, const std::string& name)
{
    return Finding::warn(std::move(check), "the resolver didn't answer for " + name,
                         "Run doctor again where names can be resolved.");
}

}  // namespace

TextRecords look_up_text(const std::string& name)
{
    struct __res_state state {};
    if (res_ninit(&state) != 0) return {TextRecords::Status::Unreachable, {}};
    state.retrans = kSecondsPerTry;
    state.retry = kTries;
    std::vector<unsigned char> answer(kAnswerMax);
    const int length = res_nquery(&state, name.c_str(), ns_c_in, ns_t_txt, answer.data(),
                                  static_cast<int>(answer.size()));
    const int reason = state.res_h_errno;
    res_nclose(&state);
    if (length < 0) {
        const bool is_answer = reason == HOST_NOT_FOUND || reason == NO_DATA;
        return {is_answer ? TextRecords::Status::None : TextRecords::Status::Unreachable, {}};
    }
    auto texts = read_texts(answer.data(), length);
    return {texts.empty() ? TextRecords::Status::None : TextRecords::Status::Found,
            std::move(texts)};
}

Finding judge_spf(const std::string& domain, const TextRecords& records)
{
    if (records.status == TextRecords::Status::Unreachable) return unreachable("dns.spf", domain);
    const auto found = of_version(records, "v=spf1");
    if (found.empty()) {
        return Finding::warn(
            "dns.spf", domain + " has no SPF record, so codes may end as spam",
            "Publish a TXT record at " + domain +
                " that names your mail relay, such as: v=spf1 include:<relay> -all");
    }
    if (found.size() > 1) {
        return Finding::fail("dns.spf", domain + " has several SPF records, so none counts",
                             "Join them to one (RFC 7208, 3.2).");
    }
    const auto padded = found.front() + ' ';
    if (padded.find(" +all ") != std::string::npos || padded.find(" all ") != std::string::npos) {
        return Finding::warn("dns.spf", domain + " lets everybody send in its name (+all)",
                             "End the record with -all or ~all.");
    }
    return Finding::ok("dns.spf", domain + ": " + found.front());
}

Finding judge_dmarc(const std::string& domain, const TextRecords& records)
{
    const auto name = "_dmarc." + domain;
    if (records.status == TextRecords::Status::Unreachable) return unreachable("dns.dmarc", name);
    const auto found = of_version(records, "v=DMARC1");
    if (found.empty()) {
        return Finding::warn("dns.dmarc", name + " has no DMARC record",
                             "Publish one at " + name +
                                 ", such as: v=DMARC1; p=quarantine. Large "
                                 "receivers ask for it.");
    }
    if (found.size() > 1 || tag_of(found.front(), "p").empty()) {
        return Finding::fail("dns.dmarc", name + " has several records or none with a policy (p=)",
                             "Leave one, with p=none, quarantine or reject (RFC 7489, 6.6.3).");
    }
    return Finding::ok("dns.dmarc", domain + ": p=" + tag_of(found.front(), "p"));
}

Finding judge_dkim(const std::string& domain, const std::string& selector,
                   const TextRecords& records)
{
    if (selector.empty()) {
        return Finding::warn("dns.dkim",
                             "not looked up: the selector that the relay signs with isn't known",
                             "Set smtp.dkim_selector to it (s= in DKIM-Signature of a sent mail).");
    }
    const auto name = selector + "._domainkey." + domain;
    if (records.status == TextRecords::Status::Unreachable) return unreachable("dns.dkim", name);
    for (const auto& text : records.texts) {
        if (!tag_of(text, "p").empty()) return Finding::ok("dns.dkim", name + " has a key");
    }
    return Finding::fail("dns.dkim", name + " has no DKIM key",
                         "Publish the key that your relay gives you there, or mend "
                         "smtp.dkim_selector.");
}

}  // namespace accessd::app
