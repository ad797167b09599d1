#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace accessd::contacts {

/// An email address in its one canonical form, which identity, limits, storage and delivery share:
/// NFKC, trimmed, wholly lower-cased, domain by IDNA in ASCII.
class EmailAddress {
public:
    /// Errors: InvalidEmail, with a sentence saying what is wrong. Source: api.md, section 8.
    static Result<EmailAddress> parse(std::string_view text);

    const std::string& text() const { return text_; }
    std::string_view local_part() const;
    std::string_view domain() const;

    /// For limits only: without a plus-tag, and without dots for Gmail, where both reach one person.
    std::string limit_key() const;
    /// For people who read logs, events and pages: "a•••@example.com".
    std::string masked() const;

    bool operator==(const EmailAddress&) const = default;

private:
    explicit EmailAddress(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// EmailAddress::masked() for text that is known to be canonical: what a store kept.
std::string masked_email(std::string_view canonical);

}  // namespace accessd::contacts
