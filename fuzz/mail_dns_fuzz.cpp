// What the DNS says about a domain's mail, which its owner writes: doctor tells the operator a line about it.

#include "fuzz.h"

#include "app/mail_dns.h"

namespace accessd::fuzz {
namespace {

using Status = app::Finding::Status;

void check_records(std::string_view input)
{
    const app::TextRecords records{app::TextRecords::Status::Found, split(input, 3)};
    const auto spf = app::judge_spf("example.com", records);
    const auto dmarc = app::judge_dmarc("example.com", records);
    const auto dkim = app::judge_dkim("example.com", "s1", records);
    for (const auto& finding : {spf, dmarc, dkim}) {
        require(!finding.text.empty(), "a finding says what was found");
        require((finding.status == Status::Ok) == finding.advice.empty(),
                "what isn't well has its advice");
    }
    std::size_t versions = 0;
    for (const auto& text : records.texts) versions += text.starts_with("v=spf1") ? 1U : 0U;
    require(versions > 0 || spf.status != Status::Ok, "no SPF record is no good one");
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::check_records(accessd::fuzz::to_view(data, size));
    return 0;
}
