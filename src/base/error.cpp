#include "base/error.h"

#include <cstdlib>

namespace accessd {

std::string_view to_text(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidJson: return "InvalidJson";
    case ErrorCode::InvalidRequest: return "InvalidRequest";
    case ErrorCode::InvalidEmail: return "InvalidEmail";
    case ErrorCode::InvalidPhone: return "InvalidPhone";
    case ErrorCode::InvalidCode: return "InvalidCode";
    case ErrorCode::InvalidImage: return "InvalidImage";
    case ErrorCode::RedirectNotAllowed: return "RedirectNotAllowed";
    case ErrorCode::UrlNotAllowed: return "UrlNotAllowed";
    case ErrorCode::MalformedHttp: return "MalformedHttp";
    case ErrorCode::MissingToken: return "MissingToken";
    case ErrorCode::InvalidToken: return "InvalidToken";
    case ErrorCode::TokenExpired: return "TokenExpired";
    case ErrorCode::TokenRevoked: return "TokenRevoked";
    case ErrorCode::InvalidCredentials: return "InvalidCredentials";
    case ErrorCode::InsufficientScope: return "InsufficientScope";
    case ErrorCode::InvalidOtp: return "InvalidOtp";
    case ErrorCode::AttemptsExhausted: return "AttemptsExhausted";
    case ErrorCode::UserNotAllowed: return "UserNotAllowed";
    case ErrorCode::CountryNotAllowed: return "CountryNotAllowed";
    case ErrorCode::SendingBlocked: return "SendingBlocked";
    case ErrorCode::LoginUserMismatch: return "LoginUserMismatch";
    case ErrorCode::FaceNotMatched: return "FaceNotMatched";
    case ErrorCode::LivenessFailed: return "LivenessFailed";
    case ErrorCode::ConsentRequired: return "ConsentRequired";
    case ErrorCode::NotFound: return "NotFound";
    case ErrorCode::ProjectNotFound: return "ProjectNotFound";
    case ErrorCode::FlowNotFound: return "FlowNotFound";
    case ErrorCode::ValidationNotFound: return "ValidationNotFound";
    case ErrorCode::LoginNotFound: return "LoginNotFound";
    case ErrorCode::UserNotFound: return "UserNotFound";
    case ErrorCode::FaceNotFound: return "FaceNotFound";
    case ErrorCode::FaceNotRegistered: return "FaceNotRegistered";
    case ErrorCode::ConsentNotFound: return "ConsentNotFound";
    case ErrorCode::SourceNotFound: return "SourceNotFound";
    case ErrorCode::ImportNotFound: return "ImportNotFound";
    case ErrorCode::SenderNotFound: return "SenderNotFound";
    case ErrorCode::KeyNotFound: return "KeyNotFound";
    case ErrorCode::LockNotFound: return "LockNotFound";
    case ErrorCode::BlockNotFound: return "BlockNotFound";
    case ErrorCode::AdminNotFound: return "AdminNotFound";
    case ErrorCode::MessageNotFound: return "MessageNotFound";
    case ErrorCode::WebhookNotFound: return "WebhookNotFound";
    case ErrorCode::DeliveryNotFound: return "DeliveryNotFound";
    case ErrorCode::MethodNotAllowed: return "MethodNotAllowed";
    case ErrorCode::NotAcceptable: return "NotAcceptable";
    case ErrorCode::RequestTimeout: return "RequestTimeout";
    case ErrorCode::AlreadyValidated: return "AlreadyValidated";
    case ErrorCode::ValidationCanceled: return "ValidationCanceled";
    case ErrorCode::MethodDisabled: return "MethodDisabled";
    case ErrorCode::FlowNotActive: return "FlowNotActive";
    case ErrorCode::FlowNotReady: return "FlowNotReady";
    case ErrorCode::LoginComplete: return "LoginComplete";
    case ErrorCode::FaceAlreadyRegistered: return "FaceAlreadyRegistered";
    case ErrorCode::DuplicateFace: return "DuplicateFace";
    case ErrorCode::ImageReplayed: return "ImageReplayed";
    case ErrorCode::ChallengeRequired: return "ChallengeRequired";
    case ErrorCode::NoProvider: return "NoProvider";
    case ErrorCode::Conflict: return "Conflict";
    case ErrorCode::IdempotencyConflict: return "IdempotencyConflict";
    case ErrorCode::IdempotencyInProgress: return "IdempotencyInProgress";
    case ErrorCode::OtpExpired: return "OtpExpired";
    case ErrorCode::ValidationExpired: return "ValidationExpired";
    case ErrorCode::PreconditionFailed: return "PreconditionFailed";
    case ErrorCode::BodyTooLarge: return "BodyTooLarge";
    case ErrorCode::UriTooLong: return "UriTooLong";
    case ErrorCode::UnsupportedMediaType: return "UnsupportedMediaType";
    case ErrorCode::FaceRejected: return "FaceRejected";
    case ErrorCode::LineNotSupported: return "LineNotSupported";
    case ErrorCode::RateLimited: return "RateLimited";
    case ErrorCode::Locked: return "Locked";
    case ErrorCode::HeadersTooLarge: return "HeadersTooLarge";
    case ErrorCode::Internal: return "Internal";
    case ErrorCode::BiometricsUnavailable: return "BiometricsUnavailable";
    case ErrorCode::Busy: return "Busy";
    case ErrorCode::SourceUnavailable: return "SourceUnavailable";
    case ErrorCode::StoreUnavailable: return "StoreUnavailable";
    }
    std::abort();
}

}  // namespace accessd
