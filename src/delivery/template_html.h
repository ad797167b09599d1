#pragma once

#include "delivery/template_tags.h"

#include <set>
#include <string>
#include <string_view>

namespace accessd::delivery {

/// What a look over a message's HTML found.
struct HtmlFindings {
    std::string problem;      ///< With line and column; empty: it may be sent.
    bool shows_code = false;  ///< {{code}} stands in the text, in no section, outside the title.
    bool hides_something = false;       ///< A style says display:none or the like.
    std::set<std::string> link_hosts;   ///< Written into the page, not filled in.
    std::set<std::string> image_hosts;  ///< Told when somebody opens the message.
};

/// Holds HTML to a list of what messages need, elements, attributes and styles alike, in a grammar so
/// strict that every mail program reads it the same; and each {{...}} to places where its value can
/// do no harm. `tags` are those of `html`, without problems.
HtmlFindings check_template_html(std::string_view html, const std::vector<TemplateTag>& tags);

/// What is wrong with CSS, or nothing: only @media and the functions of colours and sizes, nothing
/// that loads from elsewhere. Fonts could tell another server which digits were shown.
std::string find_css_problem(std::string_view css);

}  // namespace accessd::delivery
