#pragma once

#include <optional>

#include "../../framework/base/json.hpp"
#include "../compile.hpp"
#include "load_report.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// What a `.keras` says of compile()'s arguments ("compile_config").
Json compile_config_of(const CompileOptions& options);

/// The same for a legacy `.h5` ("training_config"): the optimizer is called "optimizer_config".
Json training_config_of(const CompileOptions& options);

/// Reads either, of Keras 1 to 3. What is unknown becomes a warning: a loss or metric is left out;
/// nothing is returned where the optimizer or all losses are unknown.
std::optional<CompileOptions> read_compile_config(const Json& json, LoadReport& report);

}  // namespace keratin::inline KERATIN_VARIANT::saving
