#pragma once

#include <functional>
#include <map>
#include <string>

#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// A layer that keeps files of its own beside the weights in a .keras archive: the members of
/// "assets/<place of the layer>/".
class StoresAssets {
 public:
  /// The files' contents by name.
  virtual std::map<std::string, std::string> assets() const = 0;
  /// Takes them from a file: `read` gives a file's content, or null where it is missing.
  virtual void load_assets(
      const std::function<const std::string*(const std::string& name)>& read) = 0;
  /// Under which name Keras stores variable `i` of the layer; empty: its number.
  virtual std::string variable_name(std::size_t /*i*/) const { return {}; }

 protected:
  ~StoresAssets() = default;
};

}  // namespace keratin::inline KERATIN_VARIANT
