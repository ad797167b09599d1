#include "config/toml_reader.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace accessd::config {
namespace {

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

std::string kind_of(const toml::node& node)
{
    if (node.is_array()) return "a list";
    if (node.is_table()) return "a table";
    if (node.is_floating_point()) return "a number with a fraction";
    return "a date or time";
}

/// The items of a list, if all are texts.
std::optional<std::vector<std::string>> read_texts(const toml::array& list)
{
    std::vector<std::string> texts;
    for (const auto& item : list) {
        const auto* text = item.as_string();
        if (text == nullptr) return std::nullopt;
        texts.push_back(text->get());
    }
    return texts;
}

TomlEntry read_entry(std::string_view key, const toml::node& node)
{
    TomlEntry entry{.key = std::string{key}, .line = line_of(node)};
    if (const auto* text = node.as_string()) {
        entry.value = text->get();
    } else if (const auto* number = node.as_integer()) {
        entry.value = number->get();
    } else if (const auto* yes = node.as_boolean()) {
        entry.value = yes->get();
    } else {
        if (const auto* list = node.as_array()) {
            if (auto texts = read_texts(*list)) entry.value = *std::move(texts);
        }
        entry.kind = kind_of(node);
    }
    return entry;
}

}  // namespace

TomlFile read_toml(const std::string& text)
{
    TomlFile file;
    const auto parsed = toml::parse(text);
    if (!parsed) {
        file.error = parsed.error().description();
        file.error_line = static_cast<int>(parsed.error().source().begin.line);
        return file;
    }
    for (const auto& [key, node] : parsed.table()) {
        const auto* table = node.as_table();
        if (table == nullptr) {
            file.outside.push_back(read_entry(key.str(), node));
            continue;
        }
        TomlSection section{.name = std::string{key.str()}, .line = line_of(node)};
        for (const auto& [inner_key, inner] : *table) {
            section.entries.push_back(read_entry(inner_key.str(), inner));
        }
        file.sections.push_back(std::move(section));
    }
    return file;
}

}  // namespace accessd::config
