// Projects' own templates: whatever an owner writes, what passes the check renders, shows the code, and lets no
// value out of its place.

#include "fuzz.h"

#include "delivery/email_template.h"
#include "delivery/template_check.h"

#include <algorithm>
#include <iterator>

namespace accessd::fuzz {
namespace {

constexpr auto kCode = "90817263";

/// The characters that HTML is built with, in their order.
std::string skeleton(const std::string& html)
{
    std::string found;
    std::copy_if(html.begin(), html.end(), std::back_inserter(found),
                 [](char c) { return c == '<' || c == '>' || c == '"' || c == '\''; });
    return found;
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    return text;
}

delivery::EmailFacts facts_of(std::string project_name)
{
    delivery::EmailFacts facts;
    facts.project_name = std::move(project_name);
    facts.code = kCode;
    facts.minutes_valid = 10;
    facts.branding.logo_url = "https://a.example/l.png";
    facts.link = "https://login.example/login/link/x";
    return facts;
}

}  // namespace

void try_template(std::string_view input)
{
    const auto parts = split(input, 4);
    const delivery::EmailText source{parts[0], parts[1], parts[2]};
    if (!delivery::check_template(source).problems.empty()) return;

    const auto plain = delivery::render_own_email(source, facts_of("Shop"));
    const auto mail = delivery::render_own_email(source, facts_of(parts[3] + "<b>\"'&"));
    if (!plain || !mail) return;  // It grows too large once it is filled in.
    require(mail->text.find(kCode) != std::string::npos, "the text has the code");
    require(mail->html.find(kCode) != std::string::npos, "the html has the code");
    require(mail->subject.find_first_of("\r\n") == std::string::npos, "a subject is one line");
    require(skeleton(mail->html) == skeleton(plain->html), "no value becomes part of the page");
    const auto html = lower(plain->html);
    for (const auto* never :
         {"<script", "<iframe", "<form", "<object", "<embed", "<base", "<meta"}) {
        require(html.find(never) == std::string::npos, "what acts by itself is refused");
    }
}

}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::try_template(accessd::fuzz::to_view(data, size));
    return 0;
}
