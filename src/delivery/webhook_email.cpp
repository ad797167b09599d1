#include "delivery/webhook_email.h"

#include "base/html.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <string_view>
#include <utility>

namespace accessd::delivery {
namespace {

/// The sentences of one language; names in braces may stand anywhere in them.
struct Words {
    std::string_view subject;
    std::string_view what;
    std::string_view gone;
    std::string_view failing;
    std::string_view next;
};

constexpr Words kEnglish{
    .subject = "A webhook of {project} was switched off",
    .what = "Events of {project} are no longer sent to {host} (webhook {webhook}).",
    .gone = "Its endpoint answered 410 Gone, which says that it wants no more of them.",
    .failing = "For five days its endpoint took none of them.",
    .next =
        "Once the endpoint works again, set the webhook's status to active, and have the events "
        "in between sent again: POST /v2/access/webhooks/{webhook}/redeliver."};

constexpr Words kSpanish{
    .subject = "Se desactivó un webhook de {project}",
    .what = "Los eventos de {project} ya no se envían a {host} (webhook {webhook}).",
    .gone = "Su destino respondió 410 Gone: no quiere recibir más.",
    .failing = "Durante cinco días su destino no aceptó ninguno.",
    .next =
        "Cuando el destino vuelva a funcionar, pon el estado del webhook en active y haz que se "
        "reenvíen los eventos de ese tiempo: POST /v2/access/webhooks/{webhook}/redeliver."};

constexpr Words kPortuguese{
    .subject = "Um webhook de {project} foi desativado",
    .what = "Os eventos de {project} não são mais enviados a {host} (webhook {webhook}).",
    .gone = "O destino respondeu 410 Gone: não quer receber mais.",
    .failing = "Durante cinco dias o destino não aceitou nenhum.",
    .next = "Quando o destino voltar a funcionar, ponha o estado do webhook em active e peça o "
            "reenvio dos eventos desse tempo: POST /v2/access/webhooks/{webhook}/redeliver."};

constexpr std::string_view kHtml = R"(<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{subject}</title>
</head>
<body style="margin:0;padding:24px 12px;background:#f3f4f6;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<div style="max-width:440px;margin:0 auto;padding:28px 24px;background:#ffffff;border-top:4px solid #3a5bd9;border-radius:8px;font-size:16px;line-height:1.5;color:#1b1e24">
<p style="margin:0 0 16px">{what}</p>
<p style="margin:0 0 16px">{why}</p>
<p style="margin:0">{next}</p>
</div>
</body>
</html>
)";

const Words& words_of(contacts::Language language)
{
    switch (language) {
    case contacts::Language::English: return kEnglish;
    case contacts::Language::Spanish: return kSpanish;
    case contacts::Language::Portuguese: return kPortuguese;
    }
    std::abort();
}

std::string text_in(const Result<nlohmann::json>& facts, const char* name)
{
    if (!facts || !facts->is_object() || !facts->contains(name)) return {};
    const auto& value = (*facts)[name];
    return value.is_string() ? value.get<std::string>() : std::string{};
}

}  // namespace

EmailText render_webhook_disabled_email(contacts::Language language,
                                        const std::string& project_name, const std::string& facts)
{
    const auto& words = words_of(language);
    const auto read = parse_json(facts);
    const auto webhook = text_in(read, "webhook_id");
    const auto host = text_in(read, "host");
    const auto why = text_in(read, "reason") == "gone" ? words.gone : words.failing;
    const auto subject = fill_in(words.subject, {{"{project}", project_name}});
    const auto what = fill_in(
        words.what, {{"{project}", project_name}, {"{host}", host}, {"{webhook}", webhook}});
    const auto next = fill_in(words.next, {{"{webhook}", webhook}});
    auto text = what + "\n\n" + std::string{why} + "\n\n" + next + "\n";
    auto html = fill_in(kHtml, {{"{language}", contacts::to_text(language)},
                                {"{subject}", escape_html(subject)},
                                {"{what}", escape_html(what)},
                                {"{why}", escape_html(why)},
                                {"{next}", escape_html(next)}});
    return {subject, std::move(text), std::move(html)};
}

}  // namespace accessd::delivery
