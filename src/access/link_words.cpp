#include "access/link_words.h"

#include <cstdlib>

namespace accessd::access {
namespace {

constexpr LinkWords kEnglish{
    .login_title = "Log in to {project}",
    .login_text = "Press the button to log in here, in this browser.",
    .login_button = "Log in",
    .or_type = "Did you ask for the code in another browser? Then type it there instead:",
    .unasked = "If you didn't want to log in, close this page. Nothing happens.",
    .other_title = "Type the code where you asked for it",
    .other_text =
        "This link for {project} was asked for in another browser or from another network. "
        "Go back there and type this code:",
    .other_warning = "Never pass the code on. If you didn't ask for it, close this page.",
    .next_title = "Your address is confirmed",
    .next_text = "Go back to where you began to log in to {project}. One step is still to be done "
                 "there: {methods}.",
    .email = "a code by email",
    .phone = "a code to your phone",
    .biometric = "a look at your face",
    .gone_title = "This link is no longer good",
    .gone_text = "It was used already, its time is over, or a newer message has replaced it.",
    .gone_advice = "Go back to where you wanted to log in, and ask for a new code there.",
    .locked_title = "Logging in is paused",
    .locked_text =
        "Too many wrong codes were given for your address. Look in your mail for our message "
        "about it: the link in it ends the pause. Then ask for a new code.",
    .unlock_title = "Logging in to {project} is paused",
    .unlock_text =
        "Too many wrong codes were given for {address}. Press the button to end the pause.",
    .unlock_button = "Unlock",
    .unlocked_title = "Unlocked",
    .unlocked_text = "You can log in again. Go back to {project} and ask for a new code.",
    .unlock_gone_advice =
        "Try to log in: perhaps the pause is over already. If it isn't, write to the people "
        "you wanted to log in with."};

constexpr LinkWords kSpanish{
    .login_title = "Entrar en {project}",
    .login_text = "Pulsa el botón para entrar aquí, en este navegador.",
    .login_button = "Entrar",
    .or_type = "¿Pediste el código en otro navegador? Entonces escríbelo allí:",
    .unasked = "Si no querías entrar, cierra esta página. No pasa nada.",
    .other_title = "Escribe el código donde lo pediste",
    .other_text =
        "Este enlace para {project} se pidió en otro navegador o desde otra red. Vuelve allí y "
        "escribe este código:",
    .other_warning = "No compartas nunca el código. Si no lo pediste, cierra esta página.",
    .next_title = "Tu dirección está confirmada",
    .next_text = "Vuelve a donde empezaste a entrar en {project}. Allí falta un paso: {methods}.",
    .email = "un código por correo",
    .phone = "un código en tu teléfono",
    .biometric = "una mirada a tu cara",
    .gone_title = "Este enlace ya no vale",
    .gone_text = "Ya se usó, se acabó su tiempo o un mensaje más nuevo lo ha sustituido.",
    .gone_advice = "Vuelve a donde querías entrar y pide allí un código nuevo.",
    .locked_title = "El acceso está en pausa",
    .locked_text =
        "Se dieron demasiados códigos incorrectos para tu dirección. Busca en tu correo nuestro "
        "mensaje sobre esto: su enlace termina la pausa. Después pide un código nuevo.",
    .unlock_title = "El acceso a {project} está en pausa",
    .unlock_text =
        "Se dieron demasiados códigos incorrectos para {address}. Pulsa el botón para terminar la "
        "pausa.",
    .unlock_button = "Desbloquear",
    .unlocked_title = "Desbloqueado",
    .unlocked_text = "Ya puedes entrar de nuevo. Vuelve a {project} y pide un código nuevo.",
    .unlock_gone_advice =
        "Intenta entrar: quizá la pausa ya terminó. Si no, escribe a quienes llevan el sitio "
        "en el que querías entrar."};

constexpr LinkWords kPortuguese{
    .login_title = "Entrar em {project}",
    .login_text = "Aperte o botão para entrar aqui, neste navegador.",
    .login_button = "Entrar",
    .or_type = "Você pediu o código em outro navegador? Então digite-o lá:",
    .unasked = "Se você não queria entrar, feche esta página. Nada acontece.",
    .other_title = "Digite o código onde você o pediu",
    .other_text =
        "Este link para {project} foi pedido em outro navegador ou de outra rede. Volte lá e "
        "digite este código:",
    .other_warning = "Nunca compartilhe o código. Se você não o pediu, feche esta página.",
    .next_title = "Seu endereço está confirmado",
    .next_text =
        "Volte para onde você começou a entrar em {project}. Lá falta um passo: {methods}.",
    .email = "um código por e-mail",
    .phone = "um código no seu telefone",
    .biometric = "um olhar para o seu rosto",
    .gone_title = "Este link não vale mais",
    .gone_text = "Ele já foi usado, seu tempo acabou ou uma mensagem mais nova o substituiu.",
    .gone_advice = "Volte para onde você queria entrar e peça lá um novo código.",
    .locked_title = "O acesso está em pausa",
    .locked_text =
        "Foram dados códigos errados demais para o seu endereço. Procure no seu e-mail a nossa "
        "mensagem sobre isso: o link dela termina a pausa. Depois peça um novo código.",
    .unlock_title = "O acesso a {project} está em pausa",
    .unlock_text =
        "Foram dados códigos errados demais para {address}. Aperte o botão para terminar a pausa.",
    .unlock_button = "Desbloquear",
    .unlocked_title = "Desbloqueado",
    .unlocked_text = "Você já pode entrar de novo. Volte para {project} e peça um novo código.",
    .unlock_gone_advice =
        "Tente entrar: talvez a pausa já tenha acabado. Se não, escreva para quem cuida do "
        "site em que você queria entrar."};

}  // namespace

const LinkWords& link_words(contacts::Language language)
{
    switch (language) {
    case contacts::Language::English: return kEnglish;
    case contacts::Language::Spanish: return kSpanish;
    case contacts::Language::Portuguese: return kPortuguese;
    }
    std::abort();
}

}  // namespace accessd::access
