#include "access/link_page.h"

#include "access/link_words.h"
#include "access/redirect.h"
#include "base/encoding.h"
#include "base/html.h"
#include "base/page_style.h"
#include "crypto/hash.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

namespace accessd::access {
namespace {

constexpr std::string_view kDefaultColor = "#3056d3";  // As on the login page.

/// What stands on a page, from top to bottom. Plain text; empty parts are left out.
struct Content {
    std::string title;
    std::string text;
    std::string button;
    std::string above_code;
    std::string code;
    std::string below;
};

/// Red, green and blue from 0 to 1; nothing for what isn't "#rrggbb".
std::optional<std::string> color_bytes(std::string_view text)
{
    if (text.size() != 7 || text.front() != '#') return std::nullopt;
    return from_hex(text.substr(1));
}

/// Black or white, whichever can be read better on the colour. Source: WCAG 2.2, relative luminance; both have
/// the same contrast at 0.179.
std::string_view ink_on(std::string_view rgb)
{
    const auto linear = [&](std::size_t at) {
        const double part = static_cast<unsigned char>(rgb[at]) / 255.0;
        return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    const double luminance = 0.2126 * linear(0) + 0.7152 * linear(1) + 0.0722 * linear(2);
    return luminance > 0.179 ? "#000" : "#fff";
}

std::string style_of(const PageOwner& owner)
{
    std::string color{kDefaultColor};
    if (const auto rgb = color_bytes(owner.primary_color)) color = "#" + to_hex(*rgb);
    const auto ink = ink_on(*color_bytes(color));
    std::string style = ":root{--accent:" + color + ";--on-accent:" + std::string{ink};
    if (const auto rgb = color_bytes(owner.background_color)) style += ";--ground:#" + to_hex(*rgb);
    return style + "}" + std::string{page_style()};
}

std::string element(std::string_view tag, std::string_view text)
{
    if (text.empty()) return {};
    const auto name = tag.substr(0, tag.find(' '));
    return "<" + std::string{tag} + ">" + escape_html(text) + "</" + std::string{name} + ">\n";
}

/// The sign of the project: its first letter and its name. A picture would tell its host who opens links.
std::string brand(const std::string& name)
{
    if (name.empty()) return {};
    const auto letter = name.substr(0, std::max<std::size_t>(utf8_length(name, 0), 1));
    return "<div class=\"brand\">" + element("span class=\"letter\" aria-hidden=\"true\"", letter) +
           element("span", name) + "</div>\n";
}

/// `leads_to`: where the form's answer may send the browser; empty: nowhere else.
LinkPage make_page(const PageOwner& owner, const Content& content, std::string_view leads_to = {})
{
    const auto style = style_of(owner);
    const bool has_form = !content.button.empty();
    std::string html = "<!DOCTYPE html>\n<html lang=\"";
    html += contacts::to_text(owner.language);
    html += "\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta name=\"robots\" content=\"noindex\">\n";
    html += element("title", content.title);
    html += "<style>" + style + "</style>\n</head>\n<body>\n<main>\n";
    html += brand(owner.project_name);
    html += element("h1", content.title);
    html += element("p", content.text);
    // To the same address, so that the token stands nowhere in the page.
    if (has_form)
        html += "<form method=\"post\">" + element("button", content.button) + "</form>\n";
    html += element("p", content.above_code);
    html += element("p class=\"code\" translate=\"no\"", content.code);
    html += element("p class=\"soft\"", content.below);
    html += "</main>\n</body>\n</html>\n";

    std::string policy = "default-src 'none'; style-src 'sha256-" +
                         to_base64(crypto::sha256(style)) + "'; form-action ";
    policy += has_form ? "'self'" : "'none'";
    if (has_form && !leads_to.empty()) policy += " " + policy_source_of(leads_to);
    policy += "; base-uri 'none'; frame-ancestors 'none'";
    return {std::move(html), std::move(policy)};
}

std::string name_of(projects::Method method, const LinkWords& words)
{
    switch (method) {
    case projects::Method::Email: return std::string{words.email};
    case projects::Method::Phone: return std::string{words.phone};
    case projects::Method::Biometric: return std::string{words.biometric};
    }
    std::abort();
}

}  // namespace

LinkPage confirm_login_page(const PageOwner& owner, const std::string& code,
                            std::string_view redirect_url)
{
    const auto& words = link_words(owner.language);
    Content content;
    content.title = fill_in(words.login_title, {{"{project}", owner.project_name}});
    content.text = words.login_text;
    content.button = words.login_button;
    if (!code.empty()) content.above_code = words.or_type;
    content.code = code;
    content.below = words.unasked;
    return make_page(owner, content, redirect_url);
}

LinkPage other_browser_page(const PageOwner& owner, const std::string& code)
{
    const auto& words = link_words(owner.language);
    Content content;
    content.title = words.other_title;
    content.text = fill_in(words.other_text, {{"{project}", owner.project_name}});
    content.code = code;
    content.below = words.other_warning;
    return make_page(owner, content);
}

LinkPage next_method_page(const PageOwner& owner, const std::vector<projects::Method>& remaining)
{
    const auto& words = link_words(owner.language);
    std::string methods;
    for (const auto method : remaining) {
        if (!methods.empty()) methods += ", ";
        methods += name_of(method, words);
    }
    Content content;
    content.title = words.next_title;
    content.text =
        fill_in(words.next_text, {{"{project}", owner.project_name}, {"{methods}", methods}});
    return make_page(owner, content);
}

LinkPage gone_page(contacts::Language language)
{
    const auto& words = link_words(language);
    Content content;
    content.title = words.gone_title;
    content.text = words.gone_text;
    content.above_code = words.gone_advice;
    return make_page({language, {}, {}, {}}, content);
}

LinkPage locked_page(const PageOwner& owner)
{
    const auto& words = link_words(owner.language);
    Content content;
    content.title = words.locked_title;
    content.text = words.locked_text;
    return make_page(owner, content);
}

LinkPage confirm_unlock_page(const PageOwner& owner, const std::string& address)
{
    const auto& words = link_words(owner.language);
    Content content;
    content.title = fill_in(words.unlock_title, {{"{project}", owner.project_name}});
    content.text = fill_in(words.unlock_text, {{"{address}", address}});
    content.button = words.unlock_button;
    return make_page(owner, content);
}

LinkPage unlocked_page(const PageOwner& owner)
{
    const auto& words = link_words(owner.language);
    Content content;
    content.title = words.unlocked_title;
    content.text = fill_in(words.unlocked_text, {{"{project}", owner.project_name}});
    return make_page(owner, content);
}

LinkPage unlock_gone_page(contacts::Language language)
{
    const auto& words = link_words(language);
    Content content;
    content.title = words.gone_title;
    content.text = words.gone_text;
    content.above_code = words.unlock_gone_advice;
    return make_page({language, {}, {}, {}}, content);
}

}  // namespace accessd::access
