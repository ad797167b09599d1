#include "delivery/code_text.h"

#include "base/html.h"
#include "delivery/email_template.h"
#include "delivery/gsm7.h"

#include <cstdlib>

namespace accessd::delivery {
namespace {

using contacts::Language;

// In the letters of the GSM alphabet: others would halve what fits into a message. So "clave" and "chave",
// as "código" has a letter that it lacks.
std::string_view sms_words(Language language)
{
    switch (language) {
    case Language::English: return "{{code}} is your {{project}} code. Don't share it.";
    case Language::Spanish: return "{{code}} es tu clave de {{project}}. No la compartas.";
    case Language::Portuguese:
        return "{{code}} é sua chave de acesso a {{project}}. Nunca a compartilhe.";
    }
    std::abort();
}

/// As WhatsApp writes them, with its security recommendation.
std::string_view whatsapp_words(Language language)
{
    switch (language) {
    case Language::English:
        return "{{code}} is your verification code. For your security, do not share this code.";
    case Language::Spanish:
        return "{{code}} es tu código de verificación. Por tu seguridad, no lo compartas.";
    case Language::Portuguese:
        return "{{code}} é seu código de verificação. Para sua segurança, não o compartilhe.";
    }
    std::abort();
}

std::string origin_line(const TextFacts& facts)
{
    if (facts.origin_host.empty()) return {};
    return "\n\n@" + facts.origin_host + " #" + facts.code;
}

/// Takes the last character off, whole.
void drop_last(std::string& text)
{
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0U) == 0x80U) {
        text.pop_back();
    }
    if (!text.empty()) text.pop_back();
}

std::string fill(Language language, const std::string& name, const TextFacts& facts)
{
    return fill_in(sms_words(language), {{"{{code}}", facts.code}, {"{{project}}", name}}) +
           origin_line(facts);
}

}  // namespace

std::string render_sms(const TextFacts& facts)
{
    constexpr auto cut = "...";
    constexpr std::size_t name_min = 3;
    auto name = to_gsm7_letters(facts.project_name);
    auto text = fill(facts.language, name, facts);
    if (!gsm7_septets(text)) return text;  // Two segments hold any name.
    while (sms_segments(text) > 1 && name.size() > name_min) {
        drop_last(name);
        text = fill(facts.language, name + cut, facts);
    }
    return text;
}

std::string render_whatsapp(const TextFacts& facts)
{
    return fill_in(whatsapp_words(facts.language), {{"{{code}}", facts.code}});
}

std::string built_in_sms(Language language) { return std::string{sms_words(language)}; }

std::optional<std::string> render_own_sms(const std::string& source, const TextFacts& facts)
{
    EmailFacts all;
    all.language = facts.language;
    all.project_name = facts.project_name;
    all.code = facts.code;
    all.minutes_valid = facts.minutes_valid;
    auto words = render_own_email({{}, source, {}}, all);
    if (!words) return std::nullopt;
    return words->text + origin_line(facts);
}

}  // namespace accessd::delivery
