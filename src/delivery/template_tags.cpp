#include "delivery/template_tags.h"

#include <algorithm>

namespace accessd::delivery {
namespace {

/// A message needs a handful; what is filled in stays small beside the bounds on the source.
constexpr std::size_t kTagsMax = 200;
constexpr std::size_t kDepthMax = 5;
constexpr std::size_t kProblemsMax = 10;
constexpr std::size_t kNameShownMax = 40;

bool is_name(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

std::string_view trim(std::string_view text)
{
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

std::string known_names()
{
    std::string names;
    for (const auto& variable : template_variables()) {
        names += (names.empty() ? "" : ", ") + std::string{variable.name};
    }
    return names;
}

/// Names are the caller's and go back to the caller; whole characters, and not all of a long one.
std::string shown(std::string_view name)
{
    if (name.size() <= kNameShownMax) return std::string{name};
    auto length = kNameShownMax;
    while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xc0U) == 0x80U) --length;
    return std::string{name.substr(0, length)} + "...";
}

class Reader {
public:
    explicit Reader(std::string_view source) : source_(source) {}

    TemplateTags read()
    {
        std::size_t at = 0;
        while (found_.problems.size() < kProblemsMax) {
            at = source_.find("{{", at);
            if (at == std::string_view::npos) break;
            const auto end = read_tag(at);
            if (!end) return std::move(found_);  // What follows can't be told apart.
            at = *end;
        }
        if (!open_.empty()) {
            refuse(open_.back().begin,
                   "the section {{#" + std::string{open_.back().name} + "}} is never closed");
        }
        return std::move(found_);
    }

private:
    void refuse(std::size_t at, const std::string& issue)
    {
        found_.problems.push_back(template_place(source_, at) + ": " + issue);
    }

    /// The place behind the tag; nothing if the rest makes no sense.
    std::optional<std::size_t> read_tag(std::size_t at)
    {
        if (found_.tags.size() == kTagsMax) {
            refuse(at, "more than " + std::to_string(kTagsMax) + " tags");
            return std::nullopt;
        }
        const auto inside_at = at + 2;
        if (source_.substr(inside_at, 1) == "{") {
            refuse(at, "{{{...}}} prints without escaping and isn't allowed: use {{...}}");
            return std::nullopt;
        }
        const auto close = source_.find("}}", inside_at);
        if (close == std::string_view::npos) {
            refuse(at, "{{ is never closed with }}");
            return std::nullopt;
        }
        TemplateTag tag;
        tag.begin = at;
        tag.end = close + 2;
        tag.depth = static_cast<int>(open_.size());
        if (!read_inside(tag, source_.substr(inside_at, close - inside_at))) return std::nullopt;
        found_.tags.push_back(tag);
        return tag.end;
    }

    /// False: the rest makes no sense.
    bool read_inside(TemplateTag& tag, std::string_view inside)
    {
        using Kind = TemplateTag::Kind;
        auto name = trim(inside);
        const char sign = name.empty() ? '\0' : name.front();
        switch (sign) {
        case '!': tag.kind = Kind::Comment; return true;
        case '#': tag.kind = Kind::Section; break;
        case '^': tag.kind = Kind::Inverted; break;
        case '/': tag.kind = Kind::End; break;
        case '>':
            refuse(tag.begin, "{{>...}} takes in other templates; there are none");
            return false;
        case '=':
            refuse(tag.begin, "{{=...=}} changes the delimiters and isn't allowed");
            return false;
        case '&':
            refuse(tag.begin, "{{&...}} prints without escaping and isn't allowed: use {{...}}");
            return false;
        default: tag.kind = Kind::Variable; break;
        }
        if (tag.kind != Kind::Variable) name = trim(name.substr(1));
        tag.name = name;
        if (tag.kind == Kind::End) return close_section(tag);
        check_name(tag);
        if (tag.kind == Kind::Variable) return true;
        if (open_.size() == kDepthMax) {
            refuse(tag.begin, "sections stand more than " + std::to_string(kDepthMax) + " deep");
            return false;
        }
        open_.push_back(tag);
        return true;
    }

    void check_name(const TemplateTag& tag)
    {
        const auto* variable = is_name(tag.name) ? find_template_variable(tag.name) : nullptr;
        if (variable == nullptr) {
            refuse(tag.begin,
                   "there is no \"" + shown(tag.name) + "\"; known are " + known_names());
        } else if (tag.kind != TemplateTag::Kind::Variable && !variable->is_optional) {
            refuse(tag.begin,
                   std::string{tag.name} + " is always there, so a section of it has no use");
        }
    }

    bool close_section(TemplateTag& tag)
    {
        if (open_.empty()) {
            refuse(tag.begin, "{{/" + shown(tag.name) + "}} closes a section that isn't open");
            return false;
        }
        if (open_.back().name != tag.name) {
            refuse(tag.begin, "{{/" + shown(tag.name) + "}} where {{/" + shown(open_.back().name) +
                                  "}} is expected");
            return false;
        }
        open_.pop_back();
        tag.depth = static_cast<int>(open_.size());
        return true;
    }

    std::string_view source_;
    TemplateTags found_;
    std::vector<TemplateTag> open_;
};

}  // namespace

const std::vector<TemplateVariable>& template_variables()
{
    using enum ValueKind;
    static const std::vector<TemplateVariable> variables{
        {"code", "the digits; text only, never inside an attribute", Code, false},
        {"project", "the project's name", Words, false},
        {"minutes", "how many minutes the code is still good for", Words, false},
        {"link", "the magic link, where the flow has magic_link on; a whole href", Link, true},
        {"or_link", "that the button does what the code does, as a sentence", Words, false},
        {"button", "what the link's button says", Words, false},
        {"language", "en, es or pt", Words, false},
        {"subject", "the subject as it is sent; in html only", Code, false},
        {"intro", "the greeting, in the message's language", Words, false},
        {"validity", "how long the code is good, as a sentence", Words, false},
        {"warning", "never to pass the code on, as a sentence", Words, false},
        {"unasked", "what to do with a code one didn't ask for, as a sentence", Words, false},
        {"color", "branding.primary_color or the default; in a style", Color, false},
        {"background_color", "branding.background_color; in a style", Color, true},
        {"text_color", "branding.text_color; in a style", Color, true},
        {"logo", "branding.logo_url; a whole src of an img", Image, true},
        {"image", "branding.image_url; a whole src of an img", Image, true},
        {"privacy_url", "the project's privacy_url; a whole href", Link, true},
        {"terms_url", "the project's terms_url; a whole href", Link, true},
        {"contact_email", "the project's contact_email", Words, true}};
    return variables;
}

const TemplateVariable* find_template_variable(std::string_view name)
{
    const auto& all = template_variables();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& variable) { return variable.name == name; });
    return found == all.end() ? nullptr : &*found;
}

TemplateTags read_template_tags(std::string_view source) { return Reader{source}.read(); }

std::string template_place(std::string_view source, std::size_t at)
{
    const auto before = source.substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto start = before.rfind('\n');
    const auto in_line = start == std::string_view::npos ? before : before.substr(start + 1);
    const auto column = std::count_if(in_line.begin(), in_line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    });
    return "line " + std::to_string(line) + ", column " + std::to_string(column + 1);
}

}  // namespace accessd::delivery
