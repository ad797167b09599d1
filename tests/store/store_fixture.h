#pragma once

#include "access/validation_store.h"
#include "base/id.h"
#include "crypto/key_material_store.h"
#include "delivery/outbox_store.h"
#include "events/event_store.h"
#include "limits/limit_store.h"
#include "projects/project_store.h"
#include "store/open.h"
#include "store/stores.h"
#include "support/fakes.h"
#include "support/postgres.h"
#include "support/temp_folder.h"
#include "tokens/token_stores.h"
#include "users/user_store.h"

#include <gtest/gtest.h>

#include <latch>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace accessd::test {

/// An engine under test. One joins by adding itself to backends().
struct Backend {
    std::string name;
    /// Opens what `folder` stands for: the same folder, the same content.
    std::unique_ptr<store::Stores> (*open)(const std::string& folder, Clock& clock, Random& random);

    friend void PrintTo(const Backend& backend, std::ostream* out) { *out << backend.name; }
};

inline std::unique_ptr<store::Stores> open_embedded(const std::string& folder, Clock& clock,
                                                    Random& random)
{
    auto opened = store::open(folder, clock, random);
    if (!opened) throw std::runtime_error{opened.error().detail};
    return std::move(*opened);
}

/// The database that stands for each folder, until the process ends.
inline std::unique_ptr<store::Stores> open_postgres(const std::string& folder, Clock& clock,
                                                    Random& random)
{
    static std::map<std::string, PostgresDatabaseForTest> databases;
    auto opened = store::open_server({folder, databases[folder].url(), 8}, clock, random);
    if (!opened) throw std::runtime_error{opened.error().detail};
    return std::move(*opened);
}

inline std::vector<Backend> backends()
{
    return {{"sqlite", open_embedded}, {"postgres", open_postgres}};
}

inline std::string backend_name(const testing::TestParamInfo<Backend>& row)
{
    return row.param.name;
}

/// A store with one test project in it, and short ways to the requests that tests make.
class StoreContract : public testing::TestWithParam<Backend> {
protected:
    StoreContract() { insert_project(project_id_, "shop"); }

    void insert_project(const std::string& id, const std::string& slug)
    {
        projects::ProjectSetup setup;
        setup.project.id = id;
        setup.project.name = "Shop";
        setup.project.slug = slug;
        setup.project.created_at = setup.project.updated_at = clock_.now();
        ASSERT_TRUE(stores_->projects().insert(setup));
    }

    std::string new_id(const std::string& prefix) { return make_id(prefix, clock_.now(), random_); }

    users::User user(const std::string& user_id, const std::string& email)
    {
        users::User made;
        made.project_id = project_id_;
        made.user_id = user_id;
        made.email = email;
        made.created_at = made.updated_at = clock_.now();
        return made;
    }

    /// A send of the code `digits` to `email`; its digest is "digest of <digits>".
    access::SendCode send_code(const std::string& email, const std::string& digits = "right")
    {
        access::SendCode send;
        send.now = clock_.now();
        send.test = true;
        send.message_id = new_id("msg_");
        send.limit_key = "email:" + project_id_ + ":" + email;
        send.masked_recipient = "a•••@example.com";
        send.login.id = new_id("login_");
        send.login.project_id = project_id_;
        send.login.flow_id = "flow_1";
        send.login.opened_by = "key_1";
        send.login.opened_for = email;
        send.login.created_at = send.now;
        send.login.expires_at = send.now + std::chrono::minutes{15};
        auto& validation = send.validation;
        validation.id = new_id("val_");
        validation.project_id = project_id_;
        validation.flow_id = "flow_1";
        validation.recipient = email;
        validation.created_at = send.now;
        validation.expires_at = send.now + std::chrono::minutes{10};
        send.make_code = [digits](const std::string&, bool decoy) {
            return access::SealedCode{decoy ? "nothing fits" : "digest of " + digits, 1,
                                      decoy ? "" : "sealed " + digits};
        };
        return send;
    }

    access::UseCode use_code(const access::Validation& validation,
                             const std::string& digits = "right")
    {
        access::UseCode use;
        use.now = clock_.now();
        use.project_id = validation.project_id;
        use.validation_id = validation.id;
        use.channel = validation.channel;
        use.recipient = validation.recipient;
        use.candidates = {{1, "digest of " + digits}};
        use.method = projects::Method::Email;
        use.create_user = true;
        use.new_user_id = new_id("usr_");
        use.lock_id = new_id("lock_");
        use.test = true;
        return use;
    }

    access::Validation sent(const std::string& email)
    {
        auto result = validations_.send(send_code(email));
        if (!result) throw std::runtime_error{std::string{to_text(result.error().code)}};
        return result->validation;
    }

    std::vector<std::string> event_names(const std::string& project_id = {})
    {
        std::vector<std::string> names;
        const auto list =
            stores_->events().after(project_id.empty() ? project_id_ : project_id, 0, 1000);
        for (const auto& event : *list) names.emplace_back(events::to_text(event.type));
        return names;
    }

    /// Runs `call(i)` on `count` threads that start together, or the first is done before the last begins.
    template <class Call>
    static void together(int count, Call call)
    {
        std::latch start{count};
        std::vector<std::jthread> threads;
        for (int i = 0; i < count; ++i) {
            threads.emplace_back([&, i] {
                start.arrive_and_wait();
                call(i);
            });
        }
    }

    TempFolder folder_;
    FakeClock clock_;
    FakeRandom random_;
    const std::string project_id_ = "prj_1";
    std::unique_ptr<store::Stores> stores_ = GetParam().open(folder_.path(), clock_, random_);
    access::ValidationStore& validations_ = stores_->validations();
};

}  // namespace accessd::test
