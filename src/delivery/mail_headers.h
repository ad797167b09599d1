#pragma once

#include "delivery/sender.h"

#include <string>
#include <string_view>
#include <vector>

namespace accessd::delivery {

/// The header lines of a mail, "Name: value", but for MIME-Version and Content-Type. Control
/// characters are dropped, so that no value can start a header of its own.
std::vector<std::string> mail_headers(const OutgoingMail& mail);

/// The part behind the last '@'; empty without one.
std::string_view domain_of(std::string_view address);

/// Whether an address can go into an SMTP command as it is: no spaces, brackets or control
/// characters, and an '@'.
bool is_plain_address(std::string_view address);

/// A server's words for people who may not see contacts: one line, at most 200 bytes, everything
/// that looks like an address replaced by "<address>".
std::string without_addresses(std::string_view answer);

}  // namespace accessd::delivery
