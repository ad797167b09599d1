#include "delivery/unlock_email.h"

#include "base/html.h"

#include <cstdlib>
#include <string_view>
#include <utility>

namespace accessd::delivery {
namespace {

/// The sentences of one language; the project's name may stand anywhere in them.
struct Words {
    std::string_view subject;
    std::string_view what;
    std::string_view you;
    std::string_view button;
    std::string_view validity;
    std::string_view not_you;
};

constexpr Words kEnglish{
    .subject = "Logging in to {project} is paused",
    .what = "Too many wrong codes in a row were given for your address, so logging in to "
            "{project} with it is paused.",
    .you = "To go on, open this link and press the button there:",
    .button = "Unlock",
    .validity = "The link is good once, for 24 hours.",
    .not_you =
        "If it wasn't you, somebody may have been guessing. None of those codes was right, and nothing can be "
        "guessed while the pause lasts: you may leave it until you want to log in again."};

constexpr Words kSpanish{
    .subject = "El acceso a {project} está en pausa",
    .what =
        "Se dieron demasiados códigos incorrectos seguidos para tu dirección, así que el acceso a "
        "{project} con ella está en pausa.",
    .you = "Para continuar, abre este enlace y pulsa el botón que encontrarás allí:",
    .button = "Desbloquear",
    .validity = "El enlace vale una vez, durante 24 horas.",
    .not_you =
        "Si no fuiste tú, puede que alguien estuviera adivinando. Ninguno de esos códigos era correcto, y mientras dure la "
        "pausa no se puede adivinar nada: puedes dejarla hasta que quieras volver a entrar."};

constexpr Words kPortuguese{
    .subject = "O acesso a {project} está em pausa",
    .what =
        "Foram dados códigos errados demais em seguida para o seu endereço; por isso, o acesso a "
        "{project} com ele está em pausa.",
    .you = "Para continuar, abra este link e aperte o botão que aparece lá:",
    .button = "Desbloquear",
    .validity = "O link vale uma vez, por 24 horas.",
    .not_you =
        "Se não foi você, alguém pode ter tentado adivinhar. Nenhum desses códigos estava certo, e nada pode ser "
        "adivinhado durante a pausa: você pode deixá-la até querer entrar de novo."};

constexpr std::string_view kText = R"({what}

{you}
{link}

{validity}

{not_you}
)";

constexpr std::string_view kHtml = R"(<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #16181d !important; }
  .card { background: #22252c !important; }
  .ink { color: #f3f4f6 !important; }
  .soft { color: #b6bcc8 !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:24px 12px;background:#f3f4f6;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<div class="card" style="max-width:440px;margin:0 auto;padding:28px 24px;background:#ffffff;border-top:4px solid #3a5bd9;border-radius:8px">
<p class="ink" style="margin:0 0 16px;font-size:16px;line-height:1.5;color:#1b1e24">{what}</p>
<p class="ink" style="margin:0 0 16px;font-size:16px;line-height:1.5;color:#1b1e24">{you}</p>
<p style="margin:0 0 16px"><a href="{link}" style="display:inline-block;padding:12px 24px;font-size:16px;font-weight:600;color:#ffffff;background:#3a5bd9;border-radius:8px;text-decoration:none">{button}</a></p>
<p class="ink" style="margin:0 0 16px;font-size:16px;line-height:1.5;color:#1b1e24">{validity}</p>
<p class="soft" style="margin:0;font-size:14px;line-height:1.5;color:#5b6270">{not_you}</p>
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

}  // namespace

EmailText render_unlock_email(contacts::Language language, const std::string& project_name,
                              const std::string& link)
{
    const auto& words = words_of(language);
    const auto subject = fill_in(words.subject, {{"{project}", project_name}});
    const auto what = fill_in(words.what, {{"{project}", project_name}});
    auto text = fill_in(kText, {{"{what}", what},
                                {"{you}", words.you},
                                {"{link}", link},
                                {"{validity}", words.validity},
                                {"{not_you}", words.not_you}});
    auto html = fill_in(kHtml, {{"{language}", contacts::to_text(language)},
                                {"{subject}", escape_html(subject)},
                                {"{what}", escape_html(what)},
                                {"{you}", escape_html(words.you)},
                                {"{link}", escape_html(link)},
                                {"{button}", escape_html(words.button)},
                                {"{validity}", escape_html(words.validity)},
                                {"{not_you}", escape_html(words.not_you)}});
    return {subject, std::move(text), std::move(html)};
}

}  // namespace accessd::delivery
