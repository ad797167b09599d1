#pragma once

#include "base/page.h"
#include "base/result.h"
#include "delivery/message.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace accessd::delivery {

/// How long the queue is and how old its head.
struct QueueState {
    std::int64_t queued = 0;
    std::chrono::milliseconds oldest{0};
};

/// Messages on their way. Rows are inserted by the stores whose changes cause them.
class OutboxStore {
public:
    virtual ~OutboxStore() = default;

    /// Takes up to `count` due messages for `lease_for`; nobody else gets them until then. Messages
    /// whose code has expired become Expired (with otp.delivery_failed), those whose validation is no
    /// longer pending Superseded; neither is returned. Errors: StoreUnavailable.
    virtual Result<std::vector<Message>> lease(int count, std::chrono::seconds lease_for,
                                               TimePoint now) = 0;
    /// Writes down attempts and what becomes of their messages, with the events otp.sent,
    /// otp.delivered or otp.delivery_failed. A final status erases sealed_code outside test projects.
    /// Of a try whose lease lapsed before it was told only this counts: that it was made, and that the
    /// other side took the message. What else becomes of it is said by who has it now.
    /// Errors: StoreUnavailable (then the leases lapse and the messages are sent again).
    virtual Result<void> report(const std::vector<AttemptReport>& reports, TimePoint now) = 0;
    /// Gives leased messages back untouched, for a worker that stops. Leases that have been replaced
    /// by others are left alone. Errors: StoreUnavailable.
    virtual Result<void> release(const std::vector<Lease>& leases) = 0;
    /// The same until later, for a sender that has its hands full. Errors: StoreUnavailable.
    virtual Result<void> defer(const std::vector<Lease>& leases, TimePoint until) = 0;
    /// When the next message is due; nothing if none waits.
    virtual Result<std::optional<TimePoint>> next_due() = 0;
    virtual Result<QueueState> queue_state(TimePoint now) = 0;

    /// A test project's messages, newest first, code still sealed; all of them or one recipient's.
    virtual Result<Page<Message>> inbox(const std::string& project_id,
                                        const std::optional<std::string>& recipient,
                                        const PageRequest& page) = 0;
    virtual Result<std::vector<Message>> of_validation(const std::string& project_id,
                                                       const std::string& validation_id) = 0;
    virtual Result<std::vector<Attempt>> attempts_of_validation(
        const std::string& project_id, const std::string& validation_id) = 0;
};

}  // namespace accessd::delivery
