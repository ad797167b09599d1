#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "users/csv_reader.h"
#include "users/import_store.h"

#include <string>
#include <utility>
#include <vector>

namespace accessd::users {

/// A file of people, row by row: which columns there are, and what each row says.
class ImportFile {
public:
    ImportFile(CsvReader::Read read, Clock& clock, Random& random);

    /// Reads the header. What is wrong with it, in words; empty: nothing.
    std::string open();
    ImportColumns columns() const { return columns_; }

    /// Reads the next row into one of the two. False at the end.
    bool next(std::vector<ImportRow>& rows, std::vector<RefusedRow>& refused);
    std::int64_t bytes_read() const { return reader_.bytes_read(); }

private:
    enum class Meaning { Name, Email, CountryCode, Phone, UserId, Claim };
    struct Column {
        Meaning meaning;
        std::string name;
    };

    std::string add_column(std::string name);
    std::string read_row(const CsvRecord& record, ImportRow& row) const;

    CsvReader reader_;
    Clock& clock_;
    Random& random_;
    std::vector<Column> header_;
    ImportColumns columns_;
};

}  // namespace accessd::users
