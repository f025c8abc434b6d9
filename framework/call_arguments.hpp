#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "context.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// The arguments of a call by name, as Python binds them: those without a keyword take the
/// parameters that are left in their order.
class CallArguments {
 public:
  /// Whether the first parameter takes all tensors without a keyword, as one list.
  enum class First { one, list };

  /// `parameters` are those of the layer's call() in Keras. Throws ValueError for an argument that
  /// is none of them, or is given twice.
  CallArguments(const Layer& layer, const CallOptions& call, std::size_t inputs,
                std::initializer_list<std::string_view> parameters, First first = First::one);

  /// Which inputs of the call are given as `name`; none where it is not given or no tensor.
  const std::vector<std::size_t>& inputs(std::string_view name) const;
  /// The same of an argument that is one tensor.
  std::optional<std::size_t> input(std::string_view name) const;
  /// The value of a boolean argument; false where it is not given. Throws ValueError where it is
  /// something else.
  bool flag(std::string_view name) const;

 private:
  void bind(std::string_view name, std::size_t input);

  const Layer* layer_;
  std::vector<std::string_view> parameters_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> inputs_;
  std::map<std::string, const Json*, std::less<>> constants_;
};

}  // namespace keratin::inline KERATIN_VARIANT
