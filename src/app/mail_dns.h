#pragma once

#include "app/finding.h"

#include <string>
#include <vector>

namespace accessd::app {

/// What the system's resolver said to a question for TXT records.
struct TextRecords {
    enum class Status { Found, None, Unreachable };
    Status status = Status::None;
    std::vector<std::string> texts;  ///< The strings of each record joined.
};

/// Asks for the TXT records of a name; gives up after some seconds.
TextRecords look_up_text(const std::string& name);

/// Whether receivers of mail from `domain` find what tells them that it is ours. A resolver that can't be
/// reached is a warning: accessd works offline.
Finding judge_spf(const std::string& domain, const TextRecords& records);
Finding judge_dmarc(const std::string& domain, const TextRecords& records);
Finding judge_dkim(const std::string& domain, const std::string& selector,
                   const TextRecords& records);

}  // namespace accessd::app
