#pragma once

#include "contacts/channel.h"
#include "contacts/email_address.h"
#include "contacts/phone_number.h"
#include "projects/project.h"

#include <optional>
#include <string>
#include <utility>

namespace accessd::access {

/// Whom a code goes to, and by which way: an email address, or a phone number by SMS or WhatsApp.
class Contact {
public:
    Contact(contacts::EmailAddress email) : email_(std::move(email)) {}
    /// `channel`: Sms or WhatsApp.
    Contact(contacts::PhoneNumber phone, contacts::Channel channel)
        : channel_(channel), phone_(std::move(phone))
    {
    }

    contacts::Channel channel() const { return channel_; }
    projects::Method method() const { return projects::method_of(channel_); }
    const std::string& text() const { return email_ ? email_->text() : phone_->text(); }
    std::string masked() const { return email_ ? email_->masked() : phone_->masked(); }

    const contacts::EmailAddress* email() const { return email_ ? &*email_ : nullptr; }
    const contacts::PhoneNumber* phone() const { return phone_ ? &*phone_ : nullptr; }

private:
    contacts::Channel channel_ = contacts::Channel::Email;
    std::optional<contacts::EmailAddress> email_;  // One of the two.
    std::optional<contacts::PhoneNumber> phone_;
};

}  // namespace accessd::access
