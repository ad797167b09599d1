#include "delivery/sender_test_mail.h"

#include <cstdlib>

namespace accessd::delivery {
namespace {

struct Words {
    const char* subject;
    const char* before_sender;
    const char* after_sender;
};

Words words_of(contacts::Language language)
{
    using contacts::Language;
    switch (language) {
    case Language::English:
        return {"Test message of ", "This is a test message. It came through the sender “",
                "”, which works. Nothing is to be done."};
    case Language::Spanish:
        return {"Mensaje de prueba de ", "Este es un mensaje de prueba. Llegó por el remitente «",
                "», que funciona. No hay que hacer nada."};
    case Language::Portuguese:
        return {"Mensagem de teste de ", "Esta é uma mensagem de teste. Chegou pelo remetente “",
                "”, que funciona. Não é preciso fazer nada."};
    }
    std::abort();
}

std::string escaped(const std::string& text)
{
    std::string html;
    for (const char c : text) {
        switch (c) {
        case '&': html += "&amp;"; break;
        case '<': html += "&lt;"; break;
        case '>': html += "&gt;"; break;
        case '"': html += "&quot;"; break;
        default: html += c;
        }
    }
    return html;
}

}  // namespace

EmailText render_test_email(contacts::Language language, const std::string& project_name,
                            const std::string& sender_name)
{
    const auto words = words_of(language);
    const auto text = words.before_sender + sender_name + words.after_sender;
    return {words.subject + project_name, text + "\n", "<p>" + escaped(text) + "</p>\n"};
}

}  // namespace accessd::delivery
