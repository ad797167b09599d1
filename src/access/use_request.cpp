#include "access/use_request.h"

#include "base/id.h"
#include "contacts/email_address.h"
#include "limits/client_network.h"
#include "users/directory.h"

namespace accessd::access {

UseCode make_use(const Validation& validation, const projects::ProjectSetup& setup,
                 const projects::Flow& flow, const config::Limits& limits,
                 const std::string& client_ip, TimePoint now, Random& random)
{
    UseCode use;
    use.now = now;
    use.project_id = validation.project_id;
    use.validation_id = validation.id;
    use.channel = validation.channel;
    use.recipient = validation.recipient;
    use.method = projects::method_of(validation.channel);
    use.policy = flow.policy;
    const auto* source = setup.source(flow.source_id);
    use.create_user = source != nullptr && source->kind == users::SourceKind::Open;
    use.add_missing_contacts = flow.add_missing_contacts;
    use.new_user_id = users::make_user_id(now, random);
    use.client = limits::client_network(client_ip.empty() ? validation.client_ip : client_ip);
    use.failure_limits = {limits.failures_before_wait, limits.failures_before_lock};
    use.lock_id = make_id("lock_", now, random);
    use.masked_recipient = contacts::masked_contact(validation.recipient);
    use.test = setup.project.is_test();
    return use;
}

}  // namespace accessd::access
