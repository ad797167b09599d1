#pragma once

// Compiled once and read by every test, to save time. See base/pch.h.

#include "base/pch.h"

#include <gtest/gtest.h>
