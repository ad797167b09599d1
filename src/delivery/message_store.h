#pragma once

#include "base/page.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "delivery/email_template.h"
#include "delivery/message.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace accessd::delivery {

struct MessageFilter {
    std::optional<MessageStatus> status;
    std::optional<contacts::Channel> channel;
    std::optional<std::string> recipient;  ///< Canonical.
    std::optional<std::string> validation_id;
    std::optional<std::string> login_id;
};

/// Messages as those who look after a project see them, and samples of its templates. Every engine
/// passes tests/store/message_store_contract_test.cpp.
class MessageStore {
public:
    virtual ~MessageStore() = default;

    /// Newest first. Errors: StoreUnavailable.
    virtual Result<Page<Message>> list(const std::string& project_id, const MessageFilter& filter,
                                       const PageRequest& page) = 0;
    /// Nothing if unknown or outside the scope. Errors: StoreUnavailable.
    virtual Result<std::optional<Message>> find(const std::string& id,
                                                const ProjectScope& scope) = 0;
    /// In their order. Errors: StoreUnavailable.
    virtual Result<std::vector<Attempt>> attempts(const std::string& message_id) = 0;

    /// Puts a sample into a test project's inbox: delivered at once, of no validation. It goes with
    /// the inbox's other messages. Errors: ProjectNotFound (also live), StoreUnavailable.
    virtual Result<void> insert_sample(const Message& message, const EmailText& words) = 0;
    /// What samples say, by message id. Errors: StoreUnavailable.
    virtual Result<std::map<std::string, EmailText>> samples(
        const std::vector<std::string>& message_ids) = 0;
};

}  // namespace accessd::delivery
