#pragma once

#include "support/load_generator.h"

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accessd::bench {

/// The same request over and over, on every connection.
class OneRequest final : public Script {
public:
    using Steady = std::chrono::steady_clock;

    /// Begins none after `until`. Answers must have the status, else run() throws std::runtime_error.
    OneRequest(std::string request, std::size_t slots, Steady::time_point until, int status = 200)
        : request_(std::move(request)), until_(until), busy_(slots), status_(status)
    {
    }
    std::string_view next_request(std::size_t) override
    {
        if (Steady::now() < until_) return request_;
        --busy_;
        return {};
    }
    void on_answer(std::size_t, const Answer& answer) override
    {
        if (answer.status != status_) {
            throw std::runtime_error{"answered " + std::to_string(answer.status) + ": " +
                                     std::string{answer.body}};
        }
        times_.push_back(std::chrono::duration<double, std::milli>{answer.took}.count());
    }
    bool is_done() const override { return busy_ == 0; }
    std::size_t answers() const { return times_.size(); }
    /// Of all answers, in milliseconds, unsorted.
    std::vector<double>& times() { return times_; }

private:
    std::string request_;
    Steady::time_point until_;
    std::size_t busy_;
    int status_;
    std::vector<double> times_;
};

}  // namespace accessd::bench
