#pragma once

#include "base/result.h"

#include <functional>

namespace accessd {

/// What must hold of a thing, as it is stored, for a change of it to go ahead; empty: nothing. It is
/// asked again whenever somebody else changed the thing first, so that it held at the moment of the
/// change.
template <class Value>
using Condition = std::function<Result<void>(const Value&)>;

template <class Value>
Result<void> check(const Condition<Value>& condition, const Value& value)
{
    return condition ? condition(value) : Result<void>{};
}

}  // namespace accessd
