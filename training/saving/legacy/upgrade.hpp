#pragma once

#include "../../../framework/base/json.hpp"
#include "../load_report.hpp"
#include "origin.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// The major version of the Keras that wrote a serialised model: from `version` ("2.2.4-tf") or,
/// where that is empty, from the names of the model's arguments.
int keras_major(const std::string& version, const Json& model);

/// A serialised model of Keras 1 or 2 in the words of Keras 3: classes and arguments renamed, what
/// has become of no effect left out and reported. Throws ValueError, naming layer and argument, for
/// what would give other results. A model of Keras 3 stays as it is.
Json upgrade_model(const Json& model, const Origin& origin, LoadReport& report);

}  // namespace keratin::inline KERATIN_VARIANT::saving
