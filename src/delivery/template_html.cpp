#include "delivery/template_html.h"

#include <algorithm>
#include <array>
#include <optional>

namespace accessd::delivery {
namespace {

constexpr std::array<std::string_view, 45> kElements{
    "html",    "head", "body",   "meta",  "title",      "style", "div",  "p",       "span",
    "a",       "img",  "table",  "thead", "tbody",      "tfoot", "tr",   "td",      "th",
    "caption", "br",   "hr",     "h1",    "h2",         "h3",    "h4",   "h5",      "h6",
    "strong",  "b",    "em",     "i",     "u",          "small", "sup",  "sub",     "ul",
    "ol",      "li",   "center", "font",  "blockquote", "pre",   "code", "section", "main"};

constexpr std::array<std::string_view, 29> kAttributes{
    "style",       "class",       "id",    "lang",       "dir",         "title",
    "align",       "valign",      "width", "height",     "bgcolor",     "border",
    "cellpadding", "cellspacing", "role",  "aria-label", "aria-hidden", "colspan",
    "rowspan",     "color",       "face",  "size",       "nowrap",      "scope",
    "alt",         "charset",     "name",  "content",    "target"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }
bool is_name_char(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }

std::string lower(std::string_view text)
{
    std::string out{text};
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string element_issue(const std::string& name)
{
    constexpr std::array<std::string_view, 5> form{"form", "input", "button", "select", "textarea"};
    constexpr std::array<std::string_view, 4> frame{"iframe", "frame", "object", "embed"};
    if (name == "script") return "scripts aren't allowed in a message";
    if (contains(form, name)) return "forms aren't allowed in a message: <" + name + ">";
    if (contains(frame, name)) return "a message can't take in other pages: <" + name + ">";
    return "<" + name.substr(0, 40) + "> isn't among the elements that a message may use";
}

std::string attribute_issue(const std::string& element, const std::string& name)
{
    if (name.starts_with("on"))
        return "event handlers aren't allowed in a message: " + name.substr(0, 40);
    return "the attribute " + name.substr(0, 40) + " isn't allowed on <" + element + ">";
}

/// The host of an https URL as it stands in an attribute; empty if it is none we take.
std::string host_of(std::string_view url)
{
    const auto text = lower(url);
    if (!text.starts_with("https://")) return {};
    auto host = text.substr(8);
    host.resize(std::min(host.find_first_of("/?#"), host.size()));
    const bool is_plain = !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return is_name_char(c) || c == '.' || c == ':';
    });
    const bool has_odd = std::any_of(url.begin(), url.end(), [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == '\\' || c == '`';
    });
    return is_plain && !has_odd ? host : std::string{};
}

class Checker {
public:
    Checker(std::string_view html, const std::vector<TemplateTag>& tags) : html_(html), tags_(tags)
    {
    }

    HtmlFindings check()
    {
        while (at_ < html_.size() && found_.problem.empty()) {
            if (const auto* tag = tag_here()) {
                if (tag->name == "code" && tag->depth == 0 &&
                    tag->kind == TemplateTag::Kind::Variable) {
                    found_.shows_code = true;
                }
                at_ = tag->end;
            } else if (html_[at_] == '<') {
                read_markup();
            } else {
                ++at_;
            }
        }
        return std::move(found_);
    }

private:
    void refuse(std::size_t at, const std::string& issue)
    {
        if (found_.problem.empty()) found_.problem = template_place(html_, at) + ": " + issue;
    }
    bool is_refused() const { return !found_.problem.empty(); }
    char here() const { return at_ < html_.size() ? html_[at_] : '\0'; }
    void skip_blanks()
    {
        while (is_blank(here())) ++at_;
    }

    /// The {{...}} that begins here, if one does.
    const TemplateTag* tag_here() const { return tag_at(at_); }
    const TemplateTag* tag_at(std::size_t at) const
    {
        const auto found = std::lower_bound(
            tags_.begin(), tags_.end(), at,
            [](const TemplateTag& tag, std::size_t place) { return tag.begin < place; });
        return found != tags_.end() && found->begin == at ? &*found : nullptr;
    }
    std::vector<const TemplateTag*> tags_within(std::size_t begin, std::size_t end) const
    {
        std::vector<const TemplateTag*> inside;
        for (const auto& tag : tags_) {
            if (tag.begin >= begin && tag.begin < end) inside.push_back(&tag);
        }
        return inside;
    }

    void read_markup()
    {
        const auto start = at_++;
        if (here() == '!') return read_doctype(start);
        const bool is_end = here() == '/';
        if (is_end) ++at_;
        if (!is_letter(here())) {
            return refuse(start, "a < that begins no element must be written &lt;");
        }
        const auto name = read_name();
        if (!contains(kElements, name)) return refuse(start, element_issue(name));
        if (is_end) {
            skip_blanks();
            if (here() != '>') return refuse(at_, "</" + name + "> must end with >");
            ++at_;
            return;
        }
        read_attributes(name);
        if (is_refused()) return;
        if (name == "style") read_style();
        if (name == "title") read_title();
    }

    void read_doctype(std::size_t start)
    {
        constexpr std::string_view kDoctype = "<!doctype html>";
        if (lower(html_.substr(start, kDoctype.size())) != kDoctype) {
            return refuse(start,
                          "comments and declarations aren't allowed, but for <!DOCTYPE html>: "
                          "mail programs read hidden parts differently; use {{! ... }}");
        }
        at_ = start + kDoctype.size();
    }

    std::string read_name()
    {
        const auto start = at_;
        while (is_name_char(here())) ++at_;
        return lower(html_.substr(start, at_ - start));
    }

    void read_attributes(const std::string& element)
    {
        while (!is_refused()) {
            const bool had_blank = is_blank(here());
            skip_blanks();
            if (here() == '>') {
                ++at_;
                return;
            }
            if (html_.substr(at_, 2) == "/>") {
                at_ += 2;
                return;
            }
            if (!had_blank || !is_letter(here())) {
                return refuse(at_, "between < and > only name=\"value\" may stand, with a space "
                                   "before each");
            }
            read_attribute(element);
        }
    }

    void read_attribute(const std::string& element)
    {
        const auto start = at_;
        const auto name = read_name();
        if (!is_allowed(element, name)) return refuse(start, attribute_issue(element, name));
        if (here() != '=') return;  // "nowrap"
        ++at_;
        const char quote = here();
        if (quote != '"' && quote != '\'') {
            return refuse(at_, "the value of " + name + " must stand in quotes");
        }
        const auto begin = at_ + 1;
        const auto end = html_.find(quote, begin);
        if (end == std::string_view::npos) {
            return refuse(at_, "the value of " + name + " is never closed");
        }
        at_ = end + 1;
        check_value(name, begin, end);
    }

    static bool is_allowed(const std::string& element, const std::string& name)
    {
        if (name == "href" || name == "rel") return element == "a";
        if (name == "src") return element == "img";
        if (name == "media" || name == "type") return element == "style";
        return contains(kAttributes, name);
    }

    void check_value(const std::string& name, std::size_t begin, std::size_t end)
    {
        const auto value = html_.substr(begin, end - begin);
        const auto inside = tags_within(begin, end);
        for (const auto* tag : inside) {
            if (tag->end > end) return refuse(tag->begin, "a {{...}} must not contain quotes here");
            if (tag->kind != TemplateTag::Kind::Variable) {
                return refuse(tag->begin, "inside < > only variables may stand, no sections");
            }
        }
        if (name == "href") return check_link(value, begin, inside);
        if (name == "src") return check_image(value, begin, inside);
        for (const auto* tag : inside) {
            const auto kind = find_template_variable(tag->name)->kind;
            const bool takes_color = name == "style" || name == "bgcolor" || name == "color";
            const auto wanted = takes_color ? ValueKind::Color : ValueKind::Words;
            if (kind != wanted) return refuse_place(*tag, name);
        }
        if (name == "style") check_style(value, begin, inside);
    }

    void refuse_place(const TemplateTag& tag, const std::string& name)
    {
        refuse(tag.begin, "{{" + std::string{tag.name} + "}} must not stand in " + name);
    }

    void check_link(std::string_view value, std::size_t begin,
                    const std::vector<const TemplateTag*>& inside)
    {
        if (!inside.empty()) {
            const auto& tag = *inside.front();
            const bool is_whole = tag.begin == begin && tag.end == begin + value.size();
            const bool is_link = find_template_variable(tag.name)->kind == ValueKind::Link;
            const bool is_mail = value == "mailto:{{contact_email}}";
            if (!(is_whole && is_link) && !is_mail) refuse_place(tag, "part of an href");
            return;
        }
        if (lower(value).starts_with("mailto:")) return;
        const auto host = host_of(value);
        if (host.empty()) {
            return refuse(begin, "a link must go to https://..., mailto:... or be one of the "
                                 "variables with a link");
        }
        found_.link_hosts.insert(host);
    }

    void check_image(std::string_view value, std::size_t begin,
                     const std::vector<const TemplateTag*>& inside)
    {
        if (!inside.empty()) {
            const auto& tag = *inside.front();
            const bool is_whole = tag.begin == begin && tag.end == begin + value.size();
            const bool is_image = find_template_variable(tag.name)->kind == ValueKind::Image;
            if (!is_whole || !is_image) refuse_place(tag, "a src");
            return;
        }
        const auto host = host_of(value);
        if (host.empty()) return refuse(begin, "a picture must come from https://...");
        found_.image_hosts.insert(host);
    }

    void check_style(std::string_view value, std::size_t begin,
                     const std::vector<const TemplateTag*>& inside)
    {
        std::string css;  // Without the colours that are filled in.
        std::size_t done = 0;
        for (const auto* tag : inside) {
            css += value.substr(done, tag->begin - begin - done);
            done = tag->end - begin;
        }
        css += value.substr(done);
        // An entity would be decoded before the style is read: &#117;rl(...).
        if (css.find('&') != std::string::npos) {
            return refuse(begin, "a style must not contain &: use ' for quotes inside \"");
        }
        judge_css(css, begin);
    }

    void judge_css(std::string_view css, std::size_t at)
    {
        if (const auto issue = find_css_problem(css); !issue.empty()) return refuse(at, issue);
        std::string tight = lower(css);
        std::erase_if(tight, is_blank);
        for (const auto* sign : {"display:none", "visibility:hidden", "font-size:0", "opacity:0"}) {
            found_.hides_something |= tight.find(sign) != std::string::npos;
        }
    }

    /// Up to the end of an element whose content is read as it stands.
    std::optional<std::size_t> end_of(const std::string& element)
    {
        const auto mark = "</" + element;
        const auto rest = html_.substr(at_);
        const auto end =
            std::search(rest.begin(), rest.end(), mark.begin(), mark.end(), [](char a, char b) {
                return lower({&a, 1})[0] == b;
            });
        if (end != rest.end()) return at_ + static_cast<std::size_t>(end - rest.begin());
        refuse(at_, "<" + element + "> is never closed");
        return std::nullopt;
    }

    void read_style()
    {
        const auto end = end_of("style");
        if (!end) return;
        const auto inside = tags_within(at_, *end);
        if (!inside.empty()) {
            return refuse(inside.front()->begin,
                          "a style element must not contain {{...}}: use the "
                          "style attribute for colours");
        }
        judge_css(html_.substr(at_, *end - at_), at_);
        at_ = *end;
    }

    void read_title()
    {
        const auto end = end_of("title");
        if (!end) return;
        for (const auto* tag : tags_within(at_, *end)) {
            if (tag->kind != TemplateTag::Kind::Variable || tag->end > *end) {
                return refuse(tag->begin, "a title must not contain sections");
            }
        }
        const auto text = html_.substr(at_, *end - at_);
        if (text.find('<') != std::string_view::npos)
            return refuse(at_, "a title must be plain text");
        at_ = *end;
    }

    std::string_view html_;
    const std::vector<TemplateTag>& tags_;
    std::size_t at_ = 0;
    HtmlFindings found_;
};

}  // namespace

HtmlFindings check_template_html(std::string_view html, const std::vector<TemplateTag>& tags)
{
    return Checker{html, tags}.check();
}

}  // namespace accessd::delivery
