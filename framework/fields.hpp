#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "tensor.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Goes through the fields of an options struct under their Keras keys, to write them to a config
/// or to read them from one. A struct has one list for both:
///
///     void DenseOptions::describe(Fields& fields) {
///       fields("units", units)("activation", activation)("use_bias", use_bias);
///     }
///
/// A key that a config lacks keeps its value. Files that define a describe() include
/// fields_impl.hpp.
class Fields {
 public:
  /// Writes to `config`, in the order of the calls; a key that is there keeps its place.
  static Fields writer(Json& config) { return Fields(&config, nullptr, {}); }
  /// Reads from `config`; `owner` begins the error messages: "Layer 'stem' (DepthwiseConv2D)".
  static Fields reader(const Json& config, std::string owner) {
    return Fields(nullptr, &config, std::move(owner));
  }

  template <class T>
  Fields& operator()(std::string_view key, T& value);

  /// The place of `activity_regularizer`, which every layer has, among a class's own keys.
  Fields& activity_regularizer();
  /// A key that always has this value: written, and refused in a file that has another.
  Fields& constant(std::string_view key, const Json& value);
  /// Reads over `key`.
  Fields& ignore(std::string_view key);

  bool reading() const { return in_ != nullptr; }
  const std::string& owner() const { return owner_; }
  /// After reading: throws ValueError if the config has a key that nobody asked for.
  void finish(std::string_view class_name) const;

 private:
  Fields(Json* out, const Json* in, std::string owner)
      : out_(out), in_(in), owner_(std::move(owner)) {}

  Json* out_;
  const Json* in_;
  std::string owner_;
  std::set<std::string, std::less<>> seen_;
};

/// Throws the ValueError that nlohmann's exception `reason` stands for.
[[noreturn]] void refuse_field(const std::string& owner, std::string_view key, const Json& value,
                               const char* reason);

}  // namespace keratin::inline KERATIN_VARIANT
