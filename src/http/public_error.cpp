#include "http/response.h"

#include <cstdlib>

namespace accessd::http {

/// No default: the compiler names a code that was forgotten. docs/errors.md says more of each.
PublicError to_public(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidJson: return {400, "INVALID_JSON", "The body isn't acceptable JSON."};
    case ErrorCode::InvalidRequest:
        return {400, "INVALID_REQUEST", "A field is missing or malformed."};
    case ErrorCode::InvalidEmail:
        return {400, "INVALID_EMAIL", "This isn't an email address that can be written to."};
    case ErrorCode::InvalidPhone:
        return {400, "INVALID_PHONE", "This isn't a phone number that codes can be sent to."};
    case ErrorCode::InvalidCode:
        return {400, "INVALID_CODE", "This code can't be exchanged, or not any more."};
    case ErrorCode::InvalidImage:
        return {400, "INVALID_IMAGE", "This isn't a JPEG or PNG picture that can be used."};
    case ErrorCode::RedirectNotAllowed:
        return {400, "REDIRECT_NOT_ALLOWED",
                "This address is not on the flow's list of redirect_urls."};
    case ErrorCode::UrlNotAllowed:
        return {400, "URL_NOT_ALLOWED", "The server may not connect to this address."};
    case ErrorCode::MalformedHttp:
        return {400, "MALFORMED_HTTP", "This isn't a well-formed HTTP request."};
    case ErrorCode::MissingToken:
        return {401, "MISSING_TOKEN", "A token is required: send it as Authorization: Bearer."};
    case ErrorCode::InvalidToken: return {401, "INVALID_TOKEN", "The token isn't valid."};
    case ErrorCode::TokenExpired: return {401, "TOKEN_EXPIRED", "The token has expired."};
    case ErrorCode::TokenRevoked: return {401, "TOKEN_REVOKED", "The token was revoked."};
    case ErrorCode::InvalidCredentials:
        return {401, "INVALID_CREDENTIALS", "Client id and secret don't belong together."};
    case ErrorCode::InsufficientScope:
        return {403, "INSUFFICIENT_SCOPE", "The token doesn't allow this."};
    case ErrorCode::InvalidOtp: return {403, "INVALID_OTP", "Invalid OTP code"};
    case ErrorCode::AttemptsExhausted:
        return {403, "ATTEMPTS_EXHAUSTED",
                "No attempts are left for this code. Ask for a new one."};
    case ErrorCode::UserNotAllowed:
        return {403, "USER_NOT_ALLOWED", "This person may not log in here."};
    case ErrorCode::CountryNotAllowed:
        return {403, "COUNTRY_NOT_ALLOWED", "The project sends no codes to this country."};
    case ErrorCode::SendingBlocked:
        return {403, "SENDING_BLOCKED", "Sending to numbers like this one is stopped for a while."};
    case ErrorCode::LoginUserMismatch:
        return {403, "LOGIN_USER_MISMATCH", "This login belongs to another person."};
    case ErrorCode::FaceNotMatched:
        return {403, "FACE_NOT_MATCHED", "This face doesn't match the one that was enrolled."};
    case ErrorCode::LivenessFailed:
        return {403, "LIVENESS_FAILED",
                "This didn't show a living person in front of the camera. Try again."};
    case ErrorCode::ConsentRequired:
        return {403, "CONSENT_REQUIRED",
                "The person has to consent before a face is enrolled here."};
    case ErrorCode::NotFound: return {404, "NOT_FOUND", "There is nothing at this address."};
    case ErrorCode::ProjectNotFound: return {404, "PROJECT_NOT_FOUND", "No project has this id."};
    case ErrorCode::FlowNotFound: return {404, "FLOW_NOT_FOUND", "No flow has this id."};
    case ErrorCode::ValidationNotFound:
        return {404, "VALIDATION_NOT_FOUND", "No validation has this id."};
    case ErrorCode::LoginNotFound: return {404, "LOGIN_NOT_FOUND", "No login has this id."};
    case ErrorCode::UserNotFound: return {404, "USER_NOT_FOUND", "No user has this id."};
    case ErrorCode::FaceNotFound: return {404, "FACE_NOT_FOUND", "No face has this id."};
    case ErrorCode::FaceNotRegistered:
        return {404, "FACE_NOT_REGISTERED", "This person has no face enrolled."};
    case ErrorCode::ConsentNotFound: return {404, "CONSENT_NOT_FOUND", "No consent has this id."};
    case ErrorCode::SourceNotFound: return {404, "SOURCE_NOT_FOUND", "No source has this id."};
    case ErrorCode::ImportNotFound: return {404, "IMPORT_NOT_FOUND", "No import has this id."};
    case ErrorCode::SenderNotFound: return {404, "SENDER_NOT_FOUND", "No sender has this id."};
    case ErrorCode::KeyNotFound: return {404, "KEY_NOT_FOUND", "No key has this id."};
    case ErrorCode::MessageNotFound: return {404, "MESSAGE_NOT_FOUND", "No message has this id."};
    case ErrorCode::WebhookNotFound: return {404, "WEBHOOK_NOT_FOUND", "No webhook has this id."};
    case ErrorCode::DeliveryNotFound:
        return {404, "DELIVERY_NOT_FOUND", "No delivery has this id."};
    case ErrorCode::LockNotFound: return {404, "LOCK_NOT_FOUND", "No lock has this id."};
    case ErrorCode::BlockNotFound: return {404, "BLOCK_NOT_FOUND", "No block has this id."};
    case ErrorCode::AdminNotFound: return {404, "ADMIN_NOT_FOUND", "No admin has this id."};
    case ErrorCode::MethodNotAllowed:
        return {405, "METHOD_NOT_ALLOWED", "This address doesn't answer this method."};
    case ErrorCode::NotAcceptable:
        return {406, "NOT_ACCEPTABLE", "Answers are JSON, which the Accept header rules out."};
    case ErrorCode::RequestTimeout:
        return {408, "REQUEST_TIMEOUT", "The request took too long to arrive."};
    case ErrorCode::AlreadyValidated:
        return {409, "ALREADY_VALIDATED", "This code was used already."};
    case ErrorCode::ValidationCanceled:
        return {409, "VALIDATION_CANCELED", "This validation was canceled."};
    case ErrorCode::MethodDisabled:
        return {409, "METHOD_DISABLED", "This login method is switched off."};
    case ErrorCode::FlowNotActive: return {409, "FLOW_NOT_ACTIVE", "The flow is not active."};
    case ErrorCode::FlowNotReady:
        return {409, "FLOW_NOT_READY", "The flow lacks something before it can be active."};
    case ErrorCode::LoginComplete:
        return {409, "LOGIN_COMPLETE", "This login is complete already."};
    case ErrorCode::FaceAlreadyRegistered:
        return {409, "FACE_ALREADY_REGISTERED",
                "This person has another face enrolled. An administrator can replace it."};
    case ErrorCode::DuplicateFace:
        return {409, "DUPLICATE_FACE", "Another user of this project has this face."};
    case ErrorCode::ImageReplayed:
        return {409, "IMAGE_REPLAYED", "This picture was used before. Take a new one."};
    case ErrorCode::ChallengeRequired:
        return {409, "CHALLENGE_REQUIRED",
                "Solve the challenge in the details first, and send the solution along."};
    case ErrorCode::NoProvider:
        return {409, "NO_PROVIDER", "No sender is set up for this channel."};
    case ErrorCode::Conflict:
        return {409, "CONFLICT", "This is taken already, or can't be changed back."};
    case ErrorCode::IdempotencyConflict:
        return {409, "IDEMPOTENCY_CONFLICT",
                "This Idempotency-Key came before with another request. Use a new one."};
    case ErrorCode::IdempotencyInProgress:
        return {409, "IDEMPOTENCY_IN_PROGRESS",
                "The first request with this Idempotency-Key still runs. Try again in a moment."};
    case ErrorCode::OtpExpired:
        return {410, "OTP_EXPIRED", "The code has expired. Ask for a new one."};
    case ErrorCode::ValidationExpired:
        return {410, "VALIDATION_EXPIRED", "This check took too long. Start again."};
    case ErrorCode::PreconditionFailed:
        return {412, "PRECONDITION_FAILED",
                "This was changed since you read it. Read it again and decide anew."};
    case ErrorCode::BodyTooLarge: return {413, "BODY_TOO_LARGE", "The body is too large."};
    case ErrorCode::UriTooLong: return {414, "URI_TOO_LONG", "The address is too long."};
    case ErrorCode::UnsupportedMediaType:
        return {415, "UNSUPPORTED_MEDIA_TYPE",
                "The body must be JSON: Content-Type: application/json, not compressed."};
    case ErrorCode::FaceRejected:
        return {422, "FACE_REJECTED", "This picture can't be used. Take another one."};
    case ErrorCode::LineNotSupported:
        return {422, "LINE_NOT_SUPPORTED",
                "This number can't receive SMS: it is a fixed line or a special number."};
    case ErrorCode::RateLimited:
        return {429, "RATE_LIMITED", "Too many requests. Wait a while and try again."};
    case ErrorCode::Locked:
        return {429, "LOCKED", "Too many wrong codes: this way to log in is paused."};
    case ErrorCode::HeadersTooLarge:
        return {431, "HEADERS_TOO_LARGE", "The headers are too large."};
    case ErrorCode::Internal: return {500, "INTERNAL", "Something went wrong on our side."};
    case ErrorCode::BiometricsUnavailable:
        return {503, "BIOMETRICS_UNAVAILABLE",
                "Faces can't be checked at the moment. Try again later, or log in another way."};
    case ErrorCode::Busy: return {503, "BUSY", "The server is busy. Try again in a moment."};
    case ErrorCode::SourceUnavailable:
        return {
            503, "SOURCE_UNAVAILABLE",
            "The database of this project's users can't be asked at the moment. Try again soon."};
    case ErrorCode::StoreUnavailable:
        return {503, "STORE_UNAVAILABLE",
                "The database can't be reached or written. Try again in a moment."};
    }
    std::abort();
}

}  // namespace accessd::http
