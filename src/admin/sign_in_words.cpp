#include "admin/sign_in_words.h"

#include <cstdlib>

namespace accessd::admin {
namespace {

constexpr SignInWords kEnglish{
    .first_title = "Become the owner",
    .first_text = "This server has no administrator yet. Say who you are, and you are its owner.",
    .email = "Email address",
    .name = "Name (optional)",
    .sign_in = "Sign in",
    .sign_in_text = "The button signs this browser in. The link works once.",
    .command_line = "On a command line instead",
    .commands_text =
        "Without pressing the button: these commands sign in, list the projects, and make one.",
    .done_title = "Signed in",
    .done_text = "For at most 12 hours, and until an hour goes by without use.",
    .open_console = "Open the console",
    .another_link =
        "The link is used up. Another one, of a command on the server, shows how to sign in with curl:",
    .gone_title = "This link can't be used",
    .gone_text =
        "This link was used, has expired or is not one of this server's. Ask for another: accessd admin "
        "link --email ADDRESS",
    .elsewhere_title = "Open the link itself",
    .elsewhere_text = "Another site sent you here. Open the link that you were given.",
    .form_wrong = "Something in the form can't be read.",
    .email_wrong = "This isn't an email address that can be used."};

constexpr SignInWords kSpanish{
    .first_title = "Convertirse en propietario",
    .first_text = "Este servidor aún no tiene administrador. Diga quién es y será su propietario.",
    .email = "Dirección de correo",
    .name = "Nombre (opcional)",
    .sign_in = "Entrar",
    .sign_in_text = "El botón abre la sesión en este navegador. El enlace sirve una vez.",
    .command_line = "O en una línea de órdenes",
    .commands_text =
        "Sin pulsar el botón: estas órdenes entran, muestran los proyectos y crean uno.",
    .done_title = "Sesión iniciada",
    .done_text = "Durante 12 horas como máximo, y hasta que pase una hora sin uso.",
    .open_console = "Abrir la consola",
    .another_link =
        "El enlace está gastado. Otro, de una orden en el servidor, enseña cómo entrar con curl:",
    .gone_title = "Este enlace no se puede usar",
    .gone_text =
        "Este enlace se usó, ha caducado o no es de este servidor. Pida otro: accessd admin link --email "
        "DIRECCIÓN",
    .elsewhere_title = "Abra el enlace mismo",
    .elsewhere_text = "Otro sitio le ha enviado aquí. Abra el enlace que recibió.",
    .form_wrong = "Algo del formulario no se puede leer.",
    .email_wrong = "Esta no es una dirección de correo que se pueda usar."};

constexpr SignInWords kPortuguese{
    .first_title = "Tornar-se proprietário",
    .first_text =
        "Este servidor ainda não tem administrador. Diga quem é e será o seu proprietário.",
    .email = "Endereço de correio",
    .name = "Nome (opcional)",
    .sign_in = "Entrar",
    .sign_in_text = "O botão inicia a sessão neste navegador. A ligação serve uma vez.",
    .command_line = "Ou numa linha de comandos",
    .commands_text = "Sem premir o botão: estes comandos entram, mostram os projetos e criam um.",
    .done_title = "Sessão iniciada",
    .done_text = "Durante 12 horas no máximo, e até passar uma hora sem uso.",
    .open_console = "Abrir a consola",
    .another_link =
        "A ligação está gasta. Outra, de um comando no servidor, mostra como entrar com curl:",
    .gone_title = "Esta ligação não pode ser usada",
    .gone_text =
        "Esta ligação foi usada, expirou ou não é deste servidor. Peça outra: accessd admin link --email "
        "ENDEREÇO",
    .elsewhere_title = "Abra a própria ligação",
    .elsewhere_text = "Outro site enviou-o para aqui. Abra a ligação que recebeu.",
    .form_wrong = "Algo no formulário não se consegue ler.",
    .email_wrong = "Este não é um endereço de correio que se possa usar."};

}  // namespace

const SignInWords& sign_in_words(contacts::Language language)
{
    switch (language) {
    case contacts::Language::English: return kEnglish;
    case contacts::Language::Spanish: return kSpanish;
    case contacts::Language::Portuguese: return kPortuguese;
    }
    std::abort();
}

}  // namespace accessd::admin
