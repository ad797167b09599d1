#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::delivery {

/// Where in a page a value can do no harm, once it is escaped.
enum class ValueKind {
    Words,  ///< Text, and attributes that nothing is loaded from.
    Code,   ///< Text alone: an attribute could carry it to another server.
    Link,   ///< A whole href.
    Image,  ///< A whole src.
    Color,  ///< "#rrggbb": colours of a style.
};

/// A name that templates may use.
struct TemplateVariable {
    std::string_view name;
    std::string_view meaning;  ///< For the API and its reader: a sentence fragment.
    ValueKind kind;
    bool is_optional;  ///< May be missing, so that {{#name}} and {{^name}} make sense.
};

/// All there are; nothing else can be reached from a template.
const std::vector<TemplateVariable>& template_variables();
const TemplateVariable* find_template_variable(std::string_view name);

/// A {{...}} of a template.
struct TemplateTag {
    enum class Kind { Variable, Section, Inverted, End, Comment };
    Kind kind{};
    std::string_view name;  ///< Empty for a comment.
    std::size_t begin = 0;  ///< Bytes of the template, braces included.
    std::size_t end = 0;
    int depth = 0;  ///< Sections open around it.
};

/// A template's tags, in their order.
struct TemplateTags {
    std::vector<TemplateTag> tags;
    /// What is wrong, with line and column: "line 3, column 7: ...". Empty: it can be rendered.
    std::vector<std::string> problems;
};

/// Reads Mustache as strictly as we want it: escaped variables and sections of the names above, in
/// bounded number and depth; no partials, other delimiters, or values without escaping.
TemplateTags read_template_tags(std::string_view source);

/// "line 3, column 7", counted from 1, columns in characters.
std::string template_place(std::string_view source, std::size_t at);

}  // namespace accessd::delivery
