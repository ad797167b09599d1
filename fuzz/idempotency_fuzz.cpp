// Keys of requests that must not run twice, as callers make them up: a refused key runs nothing, and no two requests
// that differ in caller, key, query, path or project share an answer.

#include "fuzz.h"

#include "app/idempotency.h"
#include "crypto/keyring.h"
#include "http/response.h"
#include "support/fakes.h"
#include "support/memory_key_stores.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>

namespace accessd::fuzz {
namespace {

using limits::IdempotentStart;

/// Keeps answers, and names what was asked last.
class MemoryStore final : public limits::IdempotencyStore {
public:
    Result<IdempotentStart> start(const limits::IdempotentRequest& request, const std::string&,
                                  TimePoint, TimePoint) override
    {
        last_scope = request.scope;
        const auto found = kept_.find(request.scope);
        if (found == kept_.end()) {
            kept_[request.scope].sealed_body = request.sealed_body;
            return IdempotentStart{IdempotentStart::State::First, {}, {}};
        }
        return found->second;
    }
    Result<void> finish(const std::string& scope, const std::string&,
                        const std::string& sealed_answer, TimePoint) override
    {
        kept_[scope].state = IdempotentStart::State::Answered;
        kept_[scope].sealed_answer = sealed_answer;
        return {};
    }
    Result<void> abandon(const std::string& scope, const std::string&) override
    {
        kept_.erase(scope);
        return {};
    }
    Result<int> prune(TimePoint, int) override { return 0; }

    std::string last_scope;

private:
    std::map<std::string, IdempotentStart> kept_;
};

struct World {
    test::FakeClock clock;
    test::FakeRandom random;
    test::MemoryKeyMaterialStore keys;
    std::unique_ptr<crypto::Keyring> keyring =
        crypto::Keyring::open(Secret{std::string(32, 'k')}, keys, clock, random).value();
};

World& world()
{
    static World one;
    return one;
}

http::Request request_of(const std::vector<std::string>& parts)
{
    http::Request request;
    request.id = "req_1";
    request.headers = {{"Idempotency-Key", parts[0]}};
    request.caller.emplace();
    request.caller->subject = parts[1];
    request.query = parts[2];
    request.parameters = {{"project_id", parts[3]}, {"user_id", parts[4]}};
    request.body = parts[5];
    return request;
}

bool is_key(std::string_view text)
{
    return !text.empty() && text.size() <= 255 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

/// The first six parts of the input are one request, the others another.
void check_two(std::string_view input)
{
    constexpr std::size_t kParts = 6;
    const auto parts = split(input, 2 * kParts);
    const std::vector one(parts.begin(), parts.begin() + kParts);
    const std::vector two(parts.begin() + kParts, parts.end());
    MemoryStore store;
    app::Idempotency idempotency{store, *world().keyring, world().clock, world().random};
    int runs = 0;
    const auto handler = idempotency.once("route", app::Idempotency::kLife, [&](const auto&) {
        return http::success({{"run", ++runs}}, "Done");
    });

    const auto first = handler(request_of(one));
    require(first.has_value() == is_key(one[0]), "a good key runs, another is refused");
    require(runs == (first ? 1 : 0), "what is refused isn't run");
    const auto first_scope = store.last_scope;
    if (!first || !is_key(two[0])) return;

    const auto second = handler(request_of(two));
    const bool is_same = std::equal(one.begin(), one.end() - 1, two.begin());  // Less the body.
    require((store.last_scope == first_scope) == is_same, "answers belong to one request");
    if (!is_same) {
        require(second.has_value() && runs == 2, "another request runs");
    } else if (one[5] == two[5]) {
        require(second.has_value() && runs == 1, "the same request is answered again");
        require(second->body == first->body, "with the same answer");
    } else {
        require(!second && second.error().code == ErrorCode::IdempotencyConflict,
                "another body under the same key is a conflict");
    }
}

}  // namespace
}  // namespace accessd::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    accessd::fuzz::check_two(accessd::fuzz::to_view(data, size));
    return 0;
}
