#include "delivery/email_template.h"

#include "base/url.h"

#include <kainjow/mustache.hpp>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace accessd::delivery {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

/// The sentences of one language. They are templates themselves, so that names may stand anywhere.
struct Words {
    std::string_view subject;
    std::string_view intro;
    std::string_view one_minute;
    std::string_view minutes;
    std::string_view warning;
    std::string_view unasked;
    std::string_view or_link;
    std::string_view button;
};

constexpr Words kEnglish{.subject = "{{code}} is your {{project}} code",
                         .intro = "Hello! Here is your code for {{project}}:",
                         .one_minute = "It is good for 1 minute.",
                         .minutes = "It is good for {{minutes}} minutes.",
                         .warning =
                             "Never pass it on. Nobody from {{project}} will ever ask you for it.",
                         .unasked = "If you didn't ask for it, you can ignore this message.",
                         .or_link = "Or open this link and press the button there:",
                         .button = "Log in"};

constexpr Words kSpanish{.subject = "{{code}} es tu código de {{project}}",
                         .intro = "¡Hola! Este es tu código para {{project}}:",
                         .one_minute = "Vale durante 1 minuto.",
                         .minutes = "Vale durante {{minutes}} minutos.",
                         .warning = "No lo compartas nunca. Nadie de {{project}} te lo va a pedir.",
                         .unasked = "Si no lo pediste, puedes ignorar este mensaje.",
                         .or_link = "O abre este enlace y pulsa el botón que encontrarás allí:",
                         .button = "Entrar"};

constexpr Words kPortuguese{.subject = "{{code}} é o seu código de {{project}}",
                            .intro = "Olá! Este é o seu código para {{project}}:",
                            .one_minute = "Ele vale por 1 minuto.",
                            .minutes = "Ele vale por {{minutes}} minutos.",
                            .warning =
                                "Nunca o compartilhe. Ninguém de {{project}} vai pedi-lo a você.",
                            .unasked = "Se você não o pediu, pode ignorar esta mensagem.",
                            .or_link = "Ou abra este link e aperte o botão que aparece lá:",
                            .button = "Entrar"};

constexpr std::string_view kText = R"({{intro}}

    {{code}}

{{#link}}{{or_link}}
{{link}}

{{/link}}{{validity}}
{{warning}}

{{unasked}}
)";

/// Mail programs know little of CSS: everything is inline, but for the colours of the dark, which
/// can't be. Programs that drop the style element show the light form.
constexpr std::string_view kHtml = R"(<!DOCTYPE html>
<html lang="{{language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{subject}}</title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #16181d !important; }
  .card { background: #22252c !important; }
  .ink { color: #f3f4f6 !important; }
  .soft { color: #b6bcc8 !important; }
  .code { background: #2f333c !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:24px 12px;background:#f3f4f6;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<div class="card" style="max-width:440px;margin:0 auto;padding:28px 24px;background:#ffffff;border-top:4px solid {{color}};border-radius:8px">
{{#logo}}<img src="{{logo}}" alt="{{project}}" style="display:block;max-height:40px;max-width:180px;margin:0 0 20px;border:0">
{{/logo}}<p class="ink" style="margin:0 0 16px;font-size:16px;line-height:1.5;color:#1b1e24">{{intro}}</p>
<p class="code ink" style="margin:0 0 16px;padding:16px 8px;text-align:center;font-size:32px;line-height:1.2;font-weight:700;letter-spacing:6px;font-family:Menlo,Consolas,monospace;color:#1b1e24;background:#eef0f4;border-radius:8px">{{code}}</p>
{{#link}}<p class="ink" style="margin:0 0 12px;font-size:16px;line-height:1.5;color:#1b1e24">{{or_link}}</p>
<p style="margin:0 0 16px"><a href="{{link}}" style="display:inline-block;padding:12px 24px;font-size:16px;font-weight:600;color:#ffffff;background:#3a5bd9;border-radius:8px;text-decoration:none">{{button}}</a></p>
{{/link}}<p class="ink" style="margin:0 0 16px;font-size:16px;line-height:1.5;color:#1b1e24">{{validity}} {{warning}}</p>
<p class="soft" style="margin:0;font-size:14px;line-height:1.5;color:#5b6270">{{unasked}}</p>
</div>
</body>
</html>
)";

constexpr std::string_view kDefaultColor = "#3a5bd9";

/// Beyond about this, mail programs cut a message off.
constexpr std::size_t kRenderedBytesMax = 100 * 1024;

const Words& words_of(contacts::Language language)
{
    switch (language) {
    case contacts::Language::English: return kEnglish;
    case contacts::Language::Spanish: return kSpanish;
    case contacts::Language::Portuguese: return kPortuguese;
    }
    std::abort();
}

bool is_color(std::string_view text)
{
    return text.size() == 7 && text.front() == '#' &&
           text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string_view::npos;
}

enum class Escape { Nothing, Html };

/// A template, parsed once per thread: parsing costs twenty times the rendering. `source` is one of the
/// constants above, known by its address; a thread keeps as many as there are.
mustache& parsed(std::string_view source, Escape escape)
{
    thread_local std::unordered_map<const char*, mustache> known;
    const auto found = known.find(source.data());
    if (found != known.end()) return found->second;
    mustache made{std::string{source}};
    if (escape == Escape::Nothing) {
        made.set_custom_escape([](const std::string& value) { return value; });
    }
    return known.emplace(source.data(), std::move(made)).first->second;
}

std::string render_plain(std::string_view source, const data& values)
{
    return parsed(source, Escape::Nothing).render(values);
}

std::string render_html(std::string_view source, const data& values)
{
    return parsed(source, Escape::Html).render(values);  // Escapes < > & " and '.
}

/// An owner's template, read anew each time: only built-in ones live long enough to be known by address.
std::optional<std::string> render_own(const std::string& source, Escape escape, const data& values)
{
    mustache made{source};
    if (escape == Escape::Nothing) {
        made.set_custom_escape([](const std::string& value) { return value; });
    }
    if (!made.is_valid()) return std::nullopt;
    auto rendered = made.render(values);
    if (!made.is_valid() || rendered.size() > kRenderedBytesMax) return std::nullopt;
    return rendered;
}

/// One line of at most 200 characters: no value can start a header of its own.
std::string to_subject(std::string_view text)
{
    std::string subject;
    std::size_t characters = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || c == '\x7f') continue;
        if ((byte & 0xc0U) != 0x80U && ++characters > kSubjectCharactersMax) break;
        subject += c;
    }
    return subject;
}

void set_url(data& values, const char* name, const std::string& url)
{
    if (is_web_url(url)) values.set(name, url);
}

void set_color(data& values, const char* name, const std::string& color)
{
    if (is_color(color)) values.set(name, color);
}

/// All that a template can say, but for the subject; the sentences filled in, as plain text: what
/// they stand in escapes them once.
data values_of(const EmailFacts& facts)
{
    const auto& words = words_of(facts.language);
    const auto& branding = facts.branding;
    data values;
    values.set("language", std::string{contacts::to_text(facts.language)});
    values.set("project", facts.project_name);
    values.set("code", facts.code);
    values.set("minutes", std::to_string(facts.minutes_valid));
    values.set("color", std::string{kDefaultColor});
    set_color(values, "color", branding.primary_color);
    set_color(values, "background_color", branding.background_color);
    set_color(values, "text_color", branding.text_color);
    set_url(values, "logo", branding.logo_url);
    set_url(values, "image", branding.image_url);
    if (!facts.link.empty()) values.set("link", facts.link);  // Made by us.
    set_url(values, "privacy_url", facts.privacy_url);
    set_url(values, "terms_url", facts.terms_url);
    if (!facts.contact_email.empty()) values.set("contact_email", facts.contact_email);
    values.set("intro", render_plain(words.intro, values));
    values.set("validity",
               render_plain(facts.minutes_valid == 1 ? words.one_minute : words.minutes, values));
    values.set("warning", render_plain(words.warning, values));
    values.set("unasked", render_plain(words.unasked, values));
    values.set("or_link", std::string{words.or_link});
    values.set("button", std::string{words.button});
    return values;
}

}  // namespace

EmailText render_code_email(contacts::Language language, const std::string& project_name,
                            const std::string& code, int minutes_valid,
                            const projects::Branding& branding, const std::string& link)
{
    auto values = values_of({.language = language,
                             .project_name = project_name,
                             .code = code,
                             .minutes_valid = minutes_valid,
                             .branding = branding,
                             .link = link});
    const auto subject = render_plain(words_of(language).subject, values);
    values.set("subject", subject);
    return {subject, render_plain(kText, values), render_html(kHtml, values)};
}

EmailText built_in_email(contacts::Language language)
{
    return {std::string{words_of(language).subject}, std::string{kText}, std::string{kHtml}};
}

std::optional<EmailText> render_own_email(const EmailText& source, const EmailFacts& facts)
{
    auto values = values_of(facts);
    const auto subject = render_own(source.subject, Escape::Nothing, values);
    if (!subject) return std::nullopt;
    const auto safe_subject = to_subject(*subject);
    auto text = render_own(source.text, Escape::Nothing, values);
    values.set("subject", safe_subject);
    auto html = render_own(source.html, Escape::Html, values);
    if (!text || !html) return std::nullopt;
    return EmailText{safe_subject, std::move(*text), std::move(*html)};
}

int to_minutes(std::chrono::milliseconds left)
{
    const auto minutes = std::chrono::round<std::chrono::minutes>(left).count();
    return std::max(1, static_cast<int>(minutes));
}

}  // namespace accessd::delivery
