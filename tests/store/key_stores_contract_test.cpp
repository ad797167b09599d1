#include "store_fixture.h"

#include <atomic>

namespace accessd::test {
namespace {

using crypto::WrappedKey;
using tokens::Revocation;
using tokens::SigningKey;
using namespace std::chrono_literals;

/// What every store of keys, revocations and windows promises.
class KeyStoresContract : public StoreContract {};

TEST_P(KeyStoresContract, KeepsApiKeys)
{
    tokens::ApiKey key;
    key.id = new_id("key_");
    key.name = "shop";
    key.secret_hash = "abc";
    key.scopes = 5;
    key.project_id = project_id_;
    key.created_at = clock_.now();
    auto& keys = stores_->api_keys();
    ASSERT_TRUE(keys.insert(key));

    ASSERT_TRUE(keys.rename(key.id, "renamed"));
    EXPECT_EQ(keys.rename(key.id, "late", &key).error().code, ErrorCode::Conflict);
    EXPECT_EQ(keys.revoke(key.id, clock_.now(), &key).error().code, ErrorCode::Conflict);
    ASSERT_TRUE(keys.touch(key.id, clock_.now()));
    ASSERT_TRUE(keys.revoke(key.id, clock_.now()));
    const auto revoked_at = clock_.now();
    clock_.advance(1h);
    ASSERT_TRUE(keys.revoke(key.id, clock_.now()));

    const auto found = *keys.find(key.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, "renamed");
    EXPECT_EQ(found->scopes, 5);
    EXPECT_EQ(found->revoked_at, revoked_at);
    EXPECT_EQ(unix_millis(*found->last_used_at) % 86'400'000, 0);
    EXPECT_EQ(keys.list(project_id_, {})->items.size(), 1U);
    EXPECT_TRUE(keys.list("prj_2", {})->items.empty());
    EXPECT_EQ(keys.rename("key_unknown", "x").error().code, ErrorCode::KeyNotFound);
    key.id = new_id("key_");
    key.project_id = "prj_unknown";
    EXPECT_EQ(keys.insert(key).error().code, ErrorCode::ProjectNotFound);
}

TEST_P(KeyStoresContract, RaisesTheGenerationWithEachRevocation)
{
    auto& revocations = stores_->revocations();
    const auto before = *revocations.generation();
    const auto now = clock_.now();

    ASSERT_TRUE(revocations.insert({Revocation::Kind::Token, "tok_1", now, now + 1h}, ""));
    ASSERT_TRUE(
        revocations.insert({Revocation::Kind::Subject, "key_1", now, now + 2h}, project_id_));

    EXPECT_EQ(*revocations.generation(), before + 2);
    EXPECT_EQ(revocations.list(now)->size(), 2U);
    EXPECT_EQ(revocations.list(now + 1h)->size(), 1U);
    EXPECT_EQ(*revocations.prune(now + 1h, 10), 1);
    EXPECT_EQ(event_names(), std::vector<std::string>{"security.token_revoked"});
}

TEST_P(KeyStoresContract, LetsOneSuccessorOfASigningKeyIn)
{
    auto& keys = stores_->signing_keys();
    const auto make = [&](SigningKey::Use use) {
        SigningKey key;
        key.id = new_id("sig_");
        key.use = use;
        key.sealed = std::string{"\0sealed", 7};
        key.created_at = key.active_from = clock_.now();
        return key;
    };
    const auto first = make(SigningKey::Use::Login);
    ASSERT_TRUE(keys.insert(first, ""));
    clock_.advance(1h);
    const auto second = make(SigningKey::Use::Login);
    ASSERT_TRUE(keys.insert(second, first.id));

    EXPECT_EQ(keys.insert(make(SigningKey::Use::Login), first.id).error().code,
              ErrorCode::Conflict);
    EXPECT_EQ(keys.insert(make(SigningKey::Use::Login), "").error().code, ErrorCode::Conflict);
    EXPECT_TRUE(keys.insert(make(SigningKey::Use::Api), ""));

    const auto list = *keys.list();
    ASSERT_EQ(list.size(), 3U);
    EXPECT_EQ(list[0].id, first.id);
    EXPECT_EQ(list[0].retired_at, second.active_from);
    EXPECT_EQ(list[0].sealed, first.sealed);
    ASSERT_TRUE(keys.remove(first.id));
    EXPECT_EQ(keys.list()->size(), 2U);
}

TEST_P(KeyStoresContract, RefusesASecondKeyOfTheSameKindAndVersion)
{
    auto& keys = stores_->key_material();
    const WrappedKey key{WrappedKey::Kind::Pepper, 1, std::string{"\0\1\2", 3}, "m", clock_.now()};
    ASSERT_TRUE(keys.insert(key));

    EXPECT_EQ(keys.insert(key).error().code, ErrorCode::Conflict);
    ASSERT_EQ(keys.list()->size(), 1U);
    EXPECT_EQ(keys.list()->at(0).wrapped, key.wrapped);
    ASSERT_TRUE(keys.remove(WrappedKey::Kind::Pepper, 1));
    EXPECT_TRUE(keys.list()->empty());
}

TEST_P(KeyStoresContract, WrapsAllKeysAnewOrNone)
{
    auto& keys = stores_->key_material();
    const WrappedKey data{WrappedKey::Kind::Data, 1, "old", "m", clock_.now()};
    const WrappedKey pepper{WrappedKey::Kind::Pepper, 1, "old", "m", clock_.now()};
    ASSERT_TRUE(keys.insert(data));
    ASSERT_TRUE(keys.insert(pepper));
    auto new_data = data;
    new_data.wrapped = "new";
    new_data.master_id = "n";
    auto unknown = new_data;
    unknown.version = 2;

    EXPECT_EQ(keys.rewrap({new_data}).error().code, ErrorCode::Conflict) << "one is missing";
    EXPECT_EQ(keys.rewrap({new_data, unknown}).error().code, ErrorCode::Conflict);
    const auto before = *keys.list();
    for (const auto& key : before) EXPECT_EQ(key.wrapped + key.master_id, "oldm");

    auto new_pepper = new_data;
    new_pepper.kind = WrappedKey::Kind::Pepper;
    ASSERT_TRUE(keys.rewrap({new_data, new_pepper}));
    const auto after = *keys.list();
    for (const auto& key : after) EXPECT_EQ(key.wrapped + key.master_id, "newn");
}

TEST_P(KeyStoresContract, CountsAWindowExactlyWhenManyTakeTogether)
{
    std::atomic<int> allowed{0};

    together(16, [&](int) {
        for (int i = 0; i < 5; ++i) {
            if (stores_->limits().take("k", limits::kTokenFailures, clock_.now())->allowed)
                ++allowed;
        }
    });

    EXPECT_EQ(allowed, limits::kTokenFailures.count);
    EXPECT_TRUE(stores_->limits().take("other", limits::kTokenFailures, clock_.now())->allowed);
    ASSERT_TRUE(stores_->limits().give_back("k", clock_.now()));
    EXPECT_TRUE(stores_->limits().take("k", limits::kTokenFailures, clock_.now())->allowed);
    EXPECT_FALSE(stores_->limits().take("k", limits::kTokenFailures, clock_.now())->allowed);
}

TEST_P(KeyStoresContract, APeekCountsNothing)
{
    auto& limits = stores_->limits();
    for (int i = 0; i < limits::kTokenFailures.count; ++i) {
        const auto before = limits.peek("k", limits::kTokenFailures, clock_.now());
        EXPECT_TRUE(before->allowed) << i;
        EXPECT_EQ(limits.take("k", limits::kTokenFailures, clock_.now())->remaining,
                  before->remaining);
    }

    const auto full = limits.peek("k", limits::kTokenFailures, clock_.now() + 59s);

    EXPECT_FALSE(full->allowed);
    EXPECT_EQ(full->retry_after, 1s);
    EXPECT_TRUE(limits.peek("k", limits::kTokenFailures, clock_.now() + 60s)->allowed);
    EXPECT_TRUE(limits.peek("other", limits::kTokenFailures, clock_.now())->allowed);
}

TEST_P(KeyStoresContract, PrunesWindowsNobodyNeeds)
{
    for (int i = 0; i < 5; ++i) {
        (void)stores_->limits().take("k" + std::to_string(i), limits::kTokenFailures, clock_.now());
    }
    EXPECT_EQ(*stores_->limits().prune(clock_.now() + 59s, 100), 0);
    EXPECT_EQ(*stores_->limits().prune(clock_.now() + 60s, 3), 3);
    EXPECT_EQ(*stores_->limits().prune(clock_.now() + 60s, 100), 2);
}

TEST_P(KeyStoresContract, IsHealthy) { EXPECT_TRUE(stores_->is_healthy()); }

INSTANTIATE_TEST_SUITE_P(Engines, KeyStoresContract, testing::ValuesIn(backends()), backend_name);

}  // namespace
}  // namespace accessd::test
