#include "app/man_page.h"

namespace accessd::app {
namespace {

/// Text that roff shows as it is: its own characters escaped, and no line taken for a request.
std::string shown(std::string_view text)
{
    std::string made;
    bool is_at_start = true;
    for (const char c : text) {
        if (is_at_start && (c == '.' || c == '\'')) made += "\\&";
        if (c == '\\') {
            made += "\\e";
        } else if (c == '-') {
            made += "\\-";
        } else {
            made += c;
        }
        is_at_start = c == '\n';
    }
    return made;
}

std::string options_of(const CommandTree& command)
{
    std::string text;
    for (const auto& option : command.options) {
        text += ".TP\n";
        text += option.is_positional ? "\\fI" + shown(option.name) + "\\fR"
                                     : "\\fB" + shown(option.name) + "\\fR";
        if (!option.is_positional && !option.value.empty()) {
            text += " \\fI" + shown(option.value) + "\\fR";
        }
        text += "\n" + shown(option.about) + "\n";
    }
    return text;
}

std::string footer_of(const CommandTree& command)
{
    if (command.footer.empty()) return {};
    return ".PP\n.nf\n" + shown(command.footer) + "\n.fi\n";
}

}  // namespace

std::string man_page(const CommandTree& tree, std::string_view version)
{
    std::string text = ".\\\" Made by: accessd completion man\n.TH ACCESSD 8 \"\" \"accessd " +
                       shown(version) + "\" \"System administration\"\n";
    text +=
        ".SH NAME\naccessd \\- a server for logins without passwords\n"
        ".SH SYNOPSIS\n\\fBaccessd\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]...\n"
        ".SH DESCRIPTION\nSends codes by email, SMS and WhatsApp, compares faces, and gives whoever "
        "proves who they are a signed token. Every command explains itself with \\fB\\-\\-help\\fR.\n" +
        footer_of(tree) + ".SH OPTIONS\n" + options_of(tree) + ".SH COMMANDS\n";
    for (const auto& at : all_commands(tree)) {
        if (at.path.empty()) continue;
        text += ".SS accessd " + shown(at.path) + "\n" + shown(at.command->about) + ".\n" +
                options_of(*at.command) + footer_of(*at.command);
    }
    text +=
        ".SH FILES\n.TP\n\\fI/etc/accessd/accessd.toml\\fR\nThe configuration. "
        "\\fBaccessd config reference\\fR explains every setting.\n"
        ".TP\n\\fI/var/lib/accessd\\fR\nThe data of a packaged server: the store, and the master key, "
        "without which nobody can read it.\n"
        ".SH SIGNALS\n.TP\nSIGTERM, SIGINT\nFinish the requests under way, then end.\n"
        ".TP\nSIGHUP\nRead configuration and certificate again.\n";
    return text;
}

}  // namespace accessd::app
