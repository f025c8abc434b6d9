#pragma once

#include <string>

#include "../../../framework/tensor.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {

/// Which Keras wrote a file.
struct Origin {
  /// 1, 2 or 3: what the file says or, where it says nothing, what it looks like.
  int major = 3;
  /// "theano", "tensorflow"...; empty where the file does not say.
  std::string backend = {};
};

}  // namespace keratin::inline KERATIN_VARIANT::saving
