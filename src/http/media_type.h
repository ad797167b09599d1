#pragma once

#include <string_view>

namespace accessd::http {

/// Compares ASCII letters without case: names of headers, schemes, media types.
bool equals_no_case(std::string_view a, std::string_view b);

/// Without blanks and tabs at both ends.
std::string_view trim(std::string_view text);

/// What a client's Accept headers say about the two kinds of JSON that answers come in.
/// Source: RFC 9110, 12.5.1. Of several ranges that match, the most specific one counts.
class Accept {
public:
    /// Reads one header; a client may send several.
    void read(std::string_view value);

    /// Whether application/json or application/problem+json is welcome. True without a header.
    bool allows_json() const;
    /// Whether errors should be application/problem+json: it is liked better, or as much while plain
    /// JSON is not named.
    bool prefers_problem() const;

private:
    struct Opinion {
        int specificity = -1;  ///< 0 for */*, 1 for application/*, 2 for the type itself.
        int quality = 0;       ///< Thousandths.
    };

    bool has_ranges_ = false;
    Opinion json_;
    Opinion problem_;
};

/// Whether a Content-Type is JSON in UTF-8: application/json, at most with charset=utf-8.
bool is_json_type(std::string_view content_type);

}  // namespace accessd::http
