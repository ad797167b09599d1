#include "base/html.h"

#include <algorithm>

namespace accessd {

std::string escape_html(std::string_view text)
{
    std::string html;
    for (const char c : text) {
        switch (c) {
        case '&': html += "&amp;"; break;
        case '<': html += "&lt;"; break;
        case '>': html += "&gt;"; break;
        case '"': html += "&quot;"; break;
        case '\'': html += "&#39;"; break;
        default: html += c;
        }
    }
    return html;
}

std::string fill_in(std::string_view sentence,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> values)
{
    std::string text;
    while (!sentence.empty()) {
        const auto found = std::find_if(values.begin(), values.end(), [&](const auto& one) {
            return sentence.starts_with(one.first);
        });
        if (found == values.end()) {
            text += sentence.front();
            sentence.remove_prefix(1);
        } else {
            text += found->second;
            sentence.remove_prefix(found->first.size());
        }
    }
    return text;
}

}  // namespace accessd
