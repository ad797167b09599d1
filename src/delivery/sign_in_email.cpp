#include "delivery/sign_in_email.h"

#include "base/html.h"

#include <cstdlib>

namespace accessd::delivery {
namespace {

struct Words {
    const char* subject;  ///< After the code.
    const char* what;     ///< Before the address of the server.
    const char* validity;
};

Words words_of(contacts::Language language)
{
    using contacts::Language;
    switch (language) {
    case Language::English:
        return {
            " is your accessd console code", "Your code for the console at ",
            "It is good once, for 10 minutes. If you didn't ask for it, ignore this message; nobody "
            "gets in without the code."};
    case Language::Spanish:
        return {
            " es tu código de la consola de accessd", "Tu código para la consola en ",
            "Vale una vez, durante 10 minutos. Si no lo pediste, ignora este mensaje; nadie entra sin "
            "el código."};
    case Language::Portuguese:
        return {
            " é o seu código da consola do accessd", "O seu código para a consola em ",
            "Vale uma vez, por 10 minutos. Se não o pediu, ignore esta mensagem; ninguém entra sem o "
            "código."};
    }
    std::abort();
}

}  // namespace

EmailText render_sign_in_email(contacts::Language language, const std::string& code,
                               const std::string& url)
{
    const auto words = words_of(language);
    const auto what = words.what + url + ":";
    return {code + words.subject, what + "\n\n    " + code + "\n\n" + words.validity + "\n",
            "<p>" + escape_html(what) +
                "</p>\n<p style=\"font: 700 28px monospace; letter-spacing: 4px\">" + code +
                "</p>\n<p>" + escape_html(words.validity) + "</p>\n"};
}

}  // namespace accessd::delivery
