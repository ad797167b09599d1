#include "users/csv_reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace accessd::users {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::array kDelimiters{',', ';', '\t', '|'};

char find_delimiter(std::string_view line)
{
    std::array<std::size_t, kDelimiters.size()> counts{};
    bool is_quoted = false;
    for (const char c : line) {
        if (c == '"') is_quoted = !is_quoted;
        if (is_quoted) continue;
        const auto* const found = std::find(kDelimiters.begin(), kDelimiters.end(), c);
        if (found != kDelimiters.end()) {
            ++counts[static_cast<std::size_t>(found - kDelimiters.begin())];
        }
    }
    const auto* const most =
        std::max_element(counts.begin(), counts.end());  // The first, if equal.
    return kDelimiters[static_cast<std::size_t>(most - counts.begin())];
}

}  // namespace

CsvReader::CsvReader(Read read) : read_(std::move(read)), buffer_(kRecordBytesMax) {}

bool CsvReader::fill()
{
    at_ = 0;
    end_ = read_(buffer_);
    bytes_ += static_cast<std::int64_t>(end_);
    return end_ > 0;
}

/// Looks at the first line, which fits into the buffer or is no header of ours.
void CsvReader::begin()
{
    has_begun_ = true;
    while (end_ < buffer_.size()) {
        const auto got = read_(std::span{buffer_}.subspan(end_));
        if (got == 0) break;
        bytes_ += static_cast<std::int64_t>(got);
        end_ += got;
    }
    std::string_view text{buffer_.data(), end_};
    is_utf16_ = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
    if (text.starts_with(kMark)) at_ = kMark.size();
    text.remove_prefix(at_);
    delimiter_ = find_delimiter(text.substr(0, text.find('\n')));
}

bool CsvReader::next(CsvRecord& record)
{
    if (!has_begun_) begin();
    record.fields.clear();
    record.problem.clear();
    state_ = State::FieldStart;
    field_.clear();
    record_bytes_ = 0;
    is_broken_ = false;
    record.line = line_;
    if (is_utf16_) break_off(record, "is UTF-16; save the file as UTF-8");
    while (at_ < end_ || fill()) {
        const char c = buffer_[at_++];
        if (c == '\n') ++line_;
        if (!take(c, record)) continue;
        const bool is_empty =
            record.problem.empty() && record.fields.size() == 1 && record.fields[0].empty();
        if (!is_empty) return true;
        record.fields.clear();
        record_bytes_ = 0;
        record.line = line_;
    }
    if (record_bytes_ == 0) return false;
    if (state_ == State::Quoted && !is_broken_) break_off(record, "has a quote that isn't closed");
    if (!is_broken_) end_field(record);
    record_bytes_ = 0;
    return true;
}

/// True when the record is complete.
bool CsvReader::take(char c, CsvRecord& record)
{
    const bool ends_line = c == '\n' && (state_ != State::Quoted || is_broken_);
    if (ends_line) {
        if (!is_broken_) end_field(record);
        state_ = State::FieldStart;
        is_broken_ = false;
        return true;
    }
    ++record_bytes_;
    if (is_broken_) return false;
    if (record_bytes_ > kRecordBytesMax) {
        break_off(record, "is longer than 64 KiB; a quote before may not be closed");
        return false;
    }
    switch (state_) {
    case State::FieldStart:
    case State::Plain:
        if (c == delimiter_) {
            end_field(record);
        } else if (c == '"' && state_ == State::FieldStart) {
            state_ = State::Quoted;
        } else if (c == '"') {
            break_off(record, "has a quote inside a field that isn't quoted");
        } else {
            field_ += c;
            state_ = State::Plain;
        }
        return false;
    case State::Quoted:
        if (c == '"') {
            state_ = State::QuoteEnded;
        } else {
            field_ += c;
        }
        return false;
    case State::QuoteEnded:
        if (c == '"') {
            field_ += c;
            state_ = State::Quoted;
        } else if (c == delimiter_) {
            end_field(record);
        } else if (c != '\r') {
            break_off(record, "has text behind a closing quote");
        }
        return false;
    }
    return false;
}

void CsvReader::end_field(CsvRecord& record)
{
    if (state_ == State::Plain && field_.ends_with('\r')) field_.pop_back();
    state_ = State::FieldStart;
    if (record.fields.size() == kFieldsMax) return break_off(record, "has more than 200 fields");
    record.fields.push_back(std::move(field_));
    field_.clear();
}

void CsvReader::break_off(CsvRecord& record, const char* problem)
{
    is_broken_ = true;
    record.fields.clear();
    record.problem = problem;
}

}  // namespace accessd::users
