#pragma once

// Compiled once and read by every test, to save time. See base/pch.h.

#include "base/pch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
