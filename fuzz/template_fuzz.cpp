// Mail made of names, colours and links that customers choose, and what relays answer to it.

#include "fuzz.h"

#include "base/encoding.h"
#include "delivery/email_template.h"
#include "delivery/mail_headers.h"

#include <algorithm>
#include <optional>

namespace accessd::fuzz {
namespace {

constexpr contacts::Language kLanguages[] = {
    contacts::Language::English, contacts::Language::Spanish, contacts::Language::Portuguese};

std::string without_controls(std::string text)
{
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
    return text;
}

/// The characters that HTML is built with, in their order: what a value must not add to. An ampersand
/// isn't among them, as values are escaped with it.
std::string skeleton(const std::string& html)
{
    std::string found;
    std::copy_if(html.begin(), html.end(), std::back_inserter(found),
                 [](char c) { return c == '<' || c == '>' || c == '"' || c == '\''; });
    return found;
}

void check_template(const std::string& name, const std::string& code,
                    const projects::Branding& branding, int minutes)
{
    for (const auto language : kLanguages) {
        const auto mail = delivery::render_code_email(language, name, code, minutes, branding);
        auto harmless = branding;
        harmless.primary_color = "#000000";
        if (mail.html.find("<img") != std::string::npos)
            harmless.logo_url = "https://a.example/l.png";
        const auto plain =
            delivery::render_code_email(language, "Shop", "123456", minutes, harmless);
        require(skeleton(mail.html) == skeleton(plain.html), "no value becomes part of the page");
        require(mail.subject.find(code) != std::string::npos, "the subject has the code");
        require(mail.text.find(code) != std::string::npos, "the text has the code");
        require(mail.text.find(name) != std::string::npos, "the text has the name as it is");
    }
}

std::optional<std::string> from_base64(std::string text)
{
    while (text.ends_with('=')) text.pop_back();
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return from_base64url(text);
}

/// The text of a header as a mail program reads it: unfolded, encoded words decoded.
std::string to_read(std::string_view value)
{
    constexpr std::string_view kOpen = "=?UTF-8?B?";
    if (!value.starts_with(kOpen)) return std::string{value};
    std::string text;
    while (value.starts_with(kOpen)) {
        const auto end = value.find("?=");
        require(end != std::string_view::npos && end + 2 <= 75, "an encoded word is short enough");
        const auto word = from_base64(std::string{value.substr(kOpen.size(), end - kOpen.size())});
        require(word.has_value(), "an encoded word is base64");
        text += *word;
        value.remove_prefix(end + 2);
        if (value.starts_with("\r\n ")) value.remove_prefix(3);
    }
    require(value.empty(), "nothing stands behind encoded words");
    return text;
}

void check_headers(const delivery::OutgoingMail& mail)
{
    constexpr std::string_view kNames[] = {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"};
    const auto headers = delivery::mail_headers(mail);
    require(headers.size() == std::size(kNames), "each header is there once");
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto& line = headers[i];
        require(line.starts_with(std::string{kNames[i]} + ": "), "a header has its name");
        for (std::size_t at = 0; at < line.size(); ++at) {
            if (line[at] != '\r' && line[at] != '\n') {
                require(static_cast<unsigned char>(line[at]) >= 0x20 && line[at] != '\x7f',
                        "a header has no control characters");
                continue;
            }
            require(line.compare(at, 3, "\r\n ") == 0, "a line ends only to be continued");
            at += 2;
        }
    }
    const auto subject = headers[2].substr(std::string_view{"Subject: "}.size());
    require(to_read(subject) == without_controls(mail.subject),
            "a subject is read as it was meant");
}

void check_answer(const std::string& answer)
{
    const auto clean = delivery::without_addresses(answer);
    require(clean.size() <= 200 && clean.find('@') == std::string::npos, "an answer names nobody");
    require(std::all_of(clean.begin(), clean.end(), [](char c) { return c >= ' ' && c < 0x7f; }),
            "an answer is one line of ASCII");
}

void check_address(const std::string& address)
{
    if (!delivery::is_plain_address(address)) return;
    require(address.find_first_of("\r\n <>") == std::string::npos,
            "an address ends no SMTP command");
}

}  // namespace

void try_mail(std::string_view input)
{
    const auto parts = split(input, 8);
    const int minutes = static_cast<int>(input.size() % 11);
    check_template(parts[0], parts[1], {.logo_url = parts[2], .primary_color = parts[3]}, minutes);
    check_headers({.message_id = "msg_1",
                   .recipient = parts[4],
                   .from = parts[5],
                   .from_name = parts[0],
                   .subject = parts[6],
                   .text = "text",
                   .html = "html"});
    check_answer(parts[7]);
    check_address(parts[4]);
}

}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::try_mail(accessd::fuzz::to_view(data, size));
    return 0;
}
