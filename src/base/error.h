#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace accessd {

/// What went wrong, in words the API contract knows. http/public_error.cpp gives each its status,
/// name and sentence; docs/errors.md explains each to the reader of an answer.
enum class ErrorCode {
    InvalidJson,
    InvalidRequest,
    InvalidEmail,
    InvalidPhone,
    InvalidCode,
    InvalidImage,
    RedirectNotAllowed,
    UrlNotAllowed,
    MalformedHttp,
    MissingToken,
    InvalidToken,
    TokenExpired,
    TokenRevoked,
    InvalidCredentials,
    InsufficientScope,
    InvalidOtp,
    AttemptsExhausted,
    UserNotAllowed,
    CountryNotAllowed,
    SendingBlocked,
    LoginUserMismatch,
    FaceNotMatched,
    LivenessFailed,
    ConsentRequired,
    NotFound,
    ProjectNotFound,
    FlowNotFound,
    ValidationNotFound,
    LoginNotFound,
    UserNotFound,
    FaceNotFound,
    FaceNotRegistered,
    ConsentNotFound,
    SourceNotFound,
    ImportNotFound,
    SenderNotFound,
    KeyNotFound,
    LockNotFound,
    BlockNotFound,
    AdminNotFound,
    MessageNotFound,
    WebhookNotFound,
    DeliveryNotFound,
    MethodNotAllowed,
    NotAcceptable,
    RequestTimeout,
    AlreadyValidated,
    ValidationCanceled,
    MethodDisabled,
    FlowNotActive,
    FlowNotReady,
    LoginComplete,
    FaceAlreadyRegistered,
    DuplicateFace,
    ImageReplayed,
    ChallengeRequired,
    NoProvider,
    Conflict,
    IdempotencyConflict,
    IdempotencyInProgress,
    OtpExpired,
    ValidationExpired,
    PreconditionFailed,
    BodyTooLarge,
    UriTooLong,
    UnsupportedMediaType,
    FaceRejected,
    LineNotSupported,
    RateLimited,
    Locked,
    HeadersTooLarge,
    Internal,
    BiometricsUnavailable,
    Busy,
    SourceUnavailable,
    StoreUnavailable,
};

/// The last code, so that tables can be checked for completeness.
inline constexpr auto kLastErrorCode = ErrorCode::StoreUnavailable;

/// One field of a request that can't be accepted, and why.
struct FieldIssue {
    std::string field;  ///< JSON name, dotted for nested objects: "policy.any".
    std::string issue;  ///< A sentence fragment for a developer: "must be 6 to 8".
    bool operator==(const FieldIssue&) const = default;
};

/// A value that becomes a member of `details` in an error answer.
using DetailValue = std::variant<std::int64_t, bool, std::string, std::vector<std::string>>;

/// A failure the caller is expected to handle.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string detail;   ///< For the log: never sent to clients, never holds secrets.
    std::string message;  ///< Replaces the code's standard sentence in the answer; empty: standard.
    std::vector<FieldIssue> fields;  ///< Becomes `details.fields`.
    std::vector<std::pair<std::string, DetailValue>> details;
    std::optional<std::chrono::seconds> retry_after;  ///< Becomes the Retry-After header.

    Error(ErrorCode error_code, std::string log_detail = {})
        : code(error_code), detail(std::move(log_detail))
    {
    }

    /// INVALID_REQUEST about one field.
    static Error invalid(std::string field, std::string issue)
    {
        Error error{ErrorCode::InvalidRequest};
        error.fields.push_back({std::move(field), std::move(issue)});
        return error;
    }

    Error&& with(std::string name, DetailValue value) &&
    {
        details.emplace_back(std::move(name), std::move(value));
        return std::move(*this);
    }

    /// Says it in a sentence for this very case instead of the code's standard one.
    Error&& saying(std::string sentence) &&
    {
        message = std::move(sentence);
        return std::move(*this);
    }
};

/// The code's enumerator as text, for logs and test failures.
std::string_view to_text(ErrorCode code);

}  // namespace accessd
