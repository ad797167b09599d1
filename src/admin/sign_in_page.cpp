#include "admin/sign_in_page.h"

#include "admin/sign_in_words.h"
#include "base/encoding.h"
#include "base/html.h"
#include "base/page_style.h"
#include "crypto/hash.h"

namespace accessd::admin {
namespace {

/// The console's own green, which white can be read on.
const std::string& style()
{
    static const auto made = ":root{--accent:#1e7a5f;--on-accent:#fff}" + std::string{page_style()};
    return made;
}

std::string page(contacts::Language language, std::string_view title, const std::string& content)
{
    return "<!doctype html>\n<html lang=\"" + std::string{contacts::to_text(language)} +
           "\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta name=\"color-scheme\" content=\"light dark\">\n"
           "<meta name=\"robots\" content=\"noindex\">\n<title>" +
           escape_html(title) + " · accessd</title>\n<style>" + style() +
           "</style>\n</head>\n<body>\n<main>\n<div class=\"brand\"><span class=\"letter\" "
           "aria-hidden=\"true\">a</span><span>accessd</span></div>\n<h1>" +
           escape_html(title) + "</h1>\n" + content + "</main>\n</body>\n</html>\n";
}

std::string paragraph(std::string_view text) { return "<p>" + escape_html(text) + "</p>\n"; }

/// The JSON in it is within single quotes of a shell; the secret is base64url or was refused before.
std::string curl_commands(const LinkPage& link)
{
    const std::string first = link.is_first ? R"(, "email": "you@example.com")" : "";
    const auto text =
        "curl -c accessd.cookies -H 'Content-Type: application/json' \\\n"
        "  -d '{\"link\": \"" +
        link.secret + "\"" + first + "}' \\\n  " + link.url +
        "/v2/access/console/session\n\n"
        "curl -b accessd.cookies " +
        link.url +
        "/v2/access/projects\n\n"
        "curl -b accessd.cookies -H 'X-CSRF-Token: THE csrf_token OF THE FIRST ANSWER' "
        "\\\n  -H 'Content-Type: application/json' -d '{\"name\": \"Shop\"}' \\\n  " +
        link.url + "/v2/access/projects";
    return "<pre><code>" + escape_html(text) + "</code></pre>\n";
}

}  // namespace

std::string link_page(const LinkPage& link)
{
    const auto& words = sign_in_words(link.language);
    std::string content;
    if (!link.problem.empty()) {
        content += "<p class=\"alert\" role=\"alert\">" + escape_html(link.problem) + "</p>\n";
    }
    content += paragraph(link.is_first ? words.first_text : words.sign_in_text);
    content += "<form method=\"post\" autocomplete=\"on\">\n";
    if (link.is_first) {
        content += "<label for=\"email\">" + escape_html(words.email) +
                   "</label>\n<input id=\"email\" name=\"email\" type=\"email\" "
                   "autocomplete=\"email\" required maxlength=\"254\">\n<label for=\"name\">" +
                   escape_html(words.name) +
                   "</label>\n<input id=\"name\" name=\"name\" autocomplete=\"name\" "
                   "maxlength=\"60\">\n";
    }
    const auto deed = link.is_first ? words.first_title : words.sign_in;
    content += "<button type=\"submit\">" + escape_html(deed) + "</button>\n</form>\n";
    content += "<details><summary>" + escape_html(words.command_line) + "</summary>\n" +
               paragraph(words.commands_text) + curl_commands(link) + "</details>\n";
    return page(link.language, deed, content);
}

std::string signed_in_page(contacts::Language language, const Admin& admin, const std::string& url)
{
    const auto& words = sign_in_words(language);
    const auto name = admin.name ? *admin.name + " (" + admin.email + ")" : admin.email;
    return page(language, words.done_title,
                "<p><strong>" + escape_html(name) + "</strong>, " +
                    escape_html(to_text(admin.role)) + ". " + escape_html(words.done_text) +
                    "</p>\n<p><a class=\"button\" href=\"" + escape_html(url) + "/console\">" +
                    escape_html(words.open_console) + "</a></p>\n" + paragraph(words.another_link) +
                    "<pre><code>accessd admin link --email " + escape_html(admin.email) +
                    "</code></pre>\n");
}

std::string gone_page(contacts::Language language)
{
    const auto& words = sign_in_words(language);
    return page(language, words.gone_title, paragraph(words.gone_text));
}

std::string elsewhere_page(contacts::Language language)
{
    const auto& words = sign_in_words(language);
    return page(language, words.elsewhere_title, paragraph(words.elsewhere_text));
}

std::string link_page_policy()
{
    return "default-src 'none'; style-src 'sha256-" + to_base64(crypto::sha256(style())) +
           "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
}

}  // namespace accessd::admin
