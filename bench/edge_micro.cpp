// What do the steps cost that every login by code takes, one by one? The sum of a cycle's steps is
// what login_cycles can't get below.

#include "base/id.h"
#include "base/json.h"
#include "contacts/email_address.h"
#include "crypto/es256.h"
#include "crypto/hash.h"
#include "crypto/keyring.h"
#include "delivery/email_template.h"
#include "http/answer.h"
#include "http/fields.h"
#include "http/head_check.h"
#include "http/request_parser.h"
#include "http/response.h"
#include "http/router.h"
#include "limits/window.h"
#include "support/memory_key_stores.h"
#include "tokens/api_tokens.h"
#include "tokens/revocations.h"
#include "tokens/signing_keys.h"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::bench {
namespace {

constexpr std::string_view kSendBody =
    R"({"email":"ana.maria@example.com","project_id":"prj_06c5k3v9q2f8h1n7m4t0b5x2y8z1"})";
constexpr std::string_view kSendHead =
    "POST /v2/access/email/send-otp HTTP/1.1\r\n"
    "Host: login.example.com\r\n"
    "Authorization: Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl\r\n"
    "User-Agent: shop/1.4\r\n"
    "Accept: application/json\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 76\r\n\r\n";

/// The keys of a server, with stores in memory.
struct Keys {
    SystemClock clock;
    SystemRandom random;
    test::MemoryKeyMaterialStore key_material;
    test::MemorySigningKeyStore signing_store;
    test::MemoryRevocationStore revocation_store;
    std::unique_ptr<crypto::Keyring> keyring =
        *crypto::Keyring::open(Secret{std::string(32, 'k')}, key_material, clock, random);
    std::unique_ptr<tokens::SigningKeys> signing_keys =
        *tokens::SigningKeys::open(signing_store, *keyring, clock, random);
    tokens::Revocations revocations{revocation_store, clock};
    tokens::ApiTokens api_tokens{
        *signing_keys, revocations, clock, random, {.issuer = "https://login.example.com"}};
};

http::Request send_request()
{
    http::Request request;
    request.method = "POST";
    request.path = "/v2/access/email/send-otp";
    request.headers = {{"Content-Type", "application/json"}};
    request.body = kSendBody;
    return request;
}

/// As many routes as the API has, with the two of a login among them.
void fill(http::Router& router)
{
    const auto handler = [](const http::Request&) -> Result<http::Response> {
        return http::plain("", "text/plain");
    };
    for (const auto* name : {"projects", "flows", "sources", "webhooks", "keys", "admins", "users",
                             "senders", "messages", "validations", "logins", "events"}) {
        const auto list = std::string{"/v2/access/"} + name;
        router.get(list, http::Scope::Read, handler);
        router.post(list, http::Scope::Manage, handler);
        router.get(list + "/{id}", http::Scope::Read, handler);
        router.patch(list + "/{id}", http::Scope::Manage, handler);
        router.remove(list + "/{id}", http::Scope::Manage, handler);
    }
    router.get("/v2/access/flows/{flow_id}/methods/{method}", http::Scope::Read, handler);
    router.post("/v2/access/email/send-otp", http::Scope::Access, handler);
    router.post("/v2/access/email/verify-otp", http::Scope::Access, handler);
}

void ReadHead(benchmark::State& state)
{
    std::atomic<std::size_t> total{0};
    http::BodyShare share{total, 1U << 20U};
    http::RequestParser parser{{.head_bytes_max = 16 * 1024, .target_bytes_max = 8 * 1024}, share};
    const auto bytes = std::string{kSendHead} + std::string{kSendBody};
    for (auto _ : state) {
        http::Request request;
        parser.reset();
        const auto used = parser.read_head(bytes, request);
        if (!used) return state.SkipWithError(used.error().detail.c_str());
        benchmark::DoNotOptimize(parser.read_body(std::string_view{bytes}.substr(*used), request));
        benchmark::DoNotOptimize(request);
        share.release();
    }
}
BENCHMARK(ReadHead);

void FindRoute(benchmark::State& state)
{
    http::Router router;
    fill(router);
    for (auto _ : state) {
        benchmark::DoNotOptimize(router.find("POST", "/v2/access/email/verify-otp"));
    }
}
BENCHMARK(FindRoute);

void FindRouteWithParameters(benchmark::State& state)
{
    http::Router router;
    fill(router);
    for (auto _ : state) {
        benchmark::DoNotOptimize(router.find("GET", "/v2/access/flows/flow_1/methods/email"));
    }
}
BENCHMARK(FindRouteWithParameters);

void ParseJson(benchmark::State& state)
{
    for (auto _ : state) benchmark::DoNotOptimize(parse_json(kSendBody));
}
BENCHMARK(ParseJson);

void ReadFields(benchmark::State& state)
{
    const auto request = send_request();
    for (auto _ : state) {
        auto body = http::Fields::parse(request);
        benchmark::DoNotOptimize(body->string("email", {.required = true}));
        benchmark::DoNotOptimize(body->string("project_id", {.required = true}));
        benchmark::DoNotOptimize(body->choice("language", false, {"en", "es", "pt"}));
        benchmark::DoNotOptimize(body->object("client"));
        benchmark::DoNotOptimize(body->check());
    }
}
BENCHMARK(ReadFields);

void MakeAnswer(benchmark::State& state)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            http::success({{"validation_id", "val_06c5k3v9q2f8h1n7m4t0b5x2y8z1"},
                           {"status", "pending"},
                           {"expires_at", "2026-03-01T09:30:00.250Z"},
                           {"channel", "email"},
                           {"attempts_remaining", 3},
                           {"login_id", "login_06c5k3v9q2f8h1n7m4t0b5x2y8z"}},
                          "Code sent"));
    }
}
BENCHMARK(MakeAnswer);

void ToWire(benchmark::State& state)
{
    const auto response = http::success({{"status", "pending"}}, "Code sent")
                              .with_header("RateLimit-Limit", "5")
                              .with_header("RateLimit-Remaining", "4");
    const SystemClock clock;
    for (auto _ : state) {
        benchmark::DoNotOptimize(http::to_wire(
            response, {.request_id = "req_06c5k3v9q2f8h1n7m4t0b5x2y8z1", .now = clock.now()}));
    }
}
BENCHMARK(ToWire);

void ParseEmail(benchmark::State& state, std::string_view text)
{
    for (auto _ : state) benchmark::DoNotOptimize(contacts::EmailAddress::parse(text));
}
BENCHMARK_CAPTURE(ParseEmail, ascii, "ana.maria@example.com");
BENCHMARK_CAPTURE(ParseEmail, international, "Ana.Maria@bücher.example");

void MakeId(benchmark::State& state)
{
    const SystemClock clock;
    SystemRandom random;
    for (auto _ : state) benchmark::DoNotOptimize(make_id("val_", clock.now(), random));
}
BENCHMARK(MakeId);

void MakeCode(benchmark::State& state)
{
    SystemRandom random;
    for (auto _ : state) benchmark::DoNotOptimize(random.digits(6));
}
BENCHMARK(MakeCode);

void DigestCode(benchmark::State& state)
{
    const Keys keys;
    for (auto _ : state) {
        benchmark::DoNotOptimize(keys.keyring->digest_code("val_06c5k3v9q2f8h1n7m4t0b5", "123456"));
    }
}
BENCHMARK(DigestCode);

void Seal(benchmark::State& state)
{
    const Keys keys;
    for (auto _ : state) benchmark::DoNotOptimize(keys.keyring->seal("123456", "code:val_1"));
}
BENCHMARK(Seal);

void Unseal(benchmark::State& state)
{
    const Keys keys;
    const auto sealed = keys.keyring->seal("123456", "code:val_1");
    for (auto _ : state) benchmark::DoNotOptimize(keys.keyring->unseal(sealed, "code:val_1"));
}
BENCHMARK(Unseal);

void TakeFromWindow(benchmark::State& state)
{
    const SystemClock clock;
    for (auto _ : state) {
        std::vector<TimePoint> hits;
        benchmark::DoNotOptimize(limits::take(hits, limits::kEmailSends, clock.now()));
    }
}
BENCHMARK(TakeFromWindow);

void Sign(benchmark::State& state)
{
    const auto key = crypto::Es256Key::generate();
    const std::string text(400, 'x');
    for (auto _ : state) benchmark::DoNotOptimize(key.sign(text));
}
BENCHMARK(Sign);

void VerifySignature(benchmark::State& state)
{
    const auto key = crypto::Es256Key::generate();
    const std::string text(400, 'x');
    const auto signature = key.sign(text);
    for (auto _ : state) benchmark::DoNotOptimize(key.verify(text, signature));
}
BENCHMARK(VerifySignature);

void SignLoginToken(benchmark::State& state)
{
    const Keys keys;
    const nlohmann::json claims{{"iss", "https://login.example.com"},
                                {"aud", "prj_06c5k3v9q2f8h1n7m4t0b5x2y8z1"},
                                {"sub", "usr_06c5k3v9q2f8h1n7m4t0b5x2y8z1"},
                                {"iat", 1'790'000'000},
                                {"exp", 1'790'000'900},
                                {"jti", "tok_06c5k3v9q2f8h1n7m4t0b5x2y8z1"},
                                {"amr", {"otp"}}};
    for (auto _ : state) {
        benchmark::DoNotOptimize(keys.signing_keys->sign(tokens::TokenType::Login, claims));
    }
}
BENCHMARK(SignLoginToken);

void AuthenticateKnownToken(benchmark::State& state)
{
    Keys keys;
    tokens::ApiKey key;
    key.id = "key_06c5k3v9q2f8h1n7m4t0b5x2y8z1";
    key.scopes = 7;
    const auto issued = keys.api_tokens.issue(key);
    for (auto _ : state) benchmark::DoNotOptimize(keys.api_tokens.authenticate(issued.token));
}
BENCHMARK(AuthenticateKnownToken);

void RenderMail(benchmark::State& state)
{
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            delivery::render_code_email(contacts::Language::English, "Shop", "123456", 10, {}));
    }
}
BENCHMARK(RenderMail);

}  // namespace
}  // namespace accessd::bench
