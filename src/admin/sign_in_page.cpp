#include "admin/sign_in_page.h"

#include "base/encoding.h"
#include "base/html.h"
#include "crypto/hash.h"

namespace accessd::admin {
namespace {

constexpr std::string_view kStyle =
    "body{font:1.05rem/1.5 system-ui,sans-serif;max-width:38rem;margin:3rem auto;padding:0 1rem}"
    "input,button{font:inherit;padding:.5rem;margin:.25rem 0 1rem;display:block}"
    "input{width:100%;box-sizing:border-box}"
    "pre{overflow:auto;padding:.75rem;border:1px solid}";

std::string page(std::string_view title, const std::string& content)
{
    return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
           escape_html(title) + " · accessd</title>\n<style>" + std::string{kStyle} +
           "</style>\n</head>\n<body>\n<main>\n<h1>" + escape_html(title) + "</h1>\n" + content +
           "</main>\n</body>\n</html>\n";
}

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
    std::string content;
    if (!link.problem.empty())
        content += "<p role=\"alert\">" + escape_html(link.problem) + "</p>\n";
    content += link.is_first
                   ? "<p>This server has no administrator yet. Say who you are, and you are "
                     "its owner.</p>\n"
                   : "<p>The button signs this browser in. The link works once.</p>\n";
    content += "<form method=\"post\" autocomplete=\"on\">\n";
    if (link.is_first) {
        content += "<label for=\"email\">Email address</label>\n"
                   "<input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"email\" "
                   "required maxlength=\"254\">\n"
                   "<label for=\"name\">Name (optional)</label>\n"
                   "<input id=\"name\" name=\"name\" autocomplete=\"name\" maxlength=\"60\">\n";
    }
    content += std::string{"<button type=\"submit\">"} +
               (link.is_first ? "Become the owner" : "Sign in") + "</button>\n</form>\n";
    content +=
        "<h2>On a command line instead</h2>\n<p>Without pressing the button: these commands sign "
        "in, list the projects, and make one.</p>\n" +
        curl_commands(link);
    return page(link.is_first ? "Become the owner" : "Sign in", content);
}

std::string signed_in_page(const Admin& admin, const std::string& url)
{
    const auto name = admin.name ? *admin.name + " (" + admin.email + ")" : admin.email;
    return page(
        "Signed in",
        "<p>This browser is signed in as <strong>" + escape_html(name) + "</strong>, " +
            escape_html(to_text(admin.role)) +
            ", for at most 12 hours, and until an hour goes by without use.</p>\n"
            "<p><a href=\"" +
            escape_html(url) +
            "/console\">Open the console</a></p>\n"
            "<h2>On a command line</h2>\n<p>The link is used up. Another one, of a command on "
            "the server, shows how to sign in with curl:</p>\n<pre><code>accessd admin link "
            "--email " +
            escape_html(admin.email) + "</code></pre>\n");
}

std::string error_page(std::string_view title, std::string_view sentence)
{
    return page(title, "<p>" + escape_html(sentence) + "</p>\n");
}

std::string link_page_policy()
{
    return "default-src 'none'; style-src 'sha256-" + to_base64(crypto::sha256(kStyle)) +
           "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
}

}  // namespace accessd::admin
