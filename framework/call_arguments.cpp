#include "call_arguments.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "layer.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

/// A constant without a keyword has its place among the arguments for a key.
bool is_place(const std::string& key) {
  return !key.empty() && key.find_first_not_of("0123456789") == key.npos;
}

}  // namespace

CallArguments::CallArguments(const Layer& layer, const CallOptions& call, std::size_t inputs,
                             std::initializer_list<std::string_view> parameters, First first)
    : layer_(&layer), parameters_(parameters) {
  std::vector<bool> taken(parameters_.size(), false);
  if (call.arguments) {
    for (const auto& [key, value] : call.arguments->items()) {
      std::string name = key;
      if (is_place(key)) {
        const auto place = std::stoull(key);
        if (place >= parameters_.size()) {
          layer.refuse("call() takes ", parameters_.size(), " arguments. Received: argument ",
                       place + 1, "=", value.dump());
        }
        name = parameters_[place];
        taken[place] = true;
      }
      if (std::ranges::find(parameters_, name) == parameters_.end())
        layer.refuse("call() got an unexpected keyword argument '", name, "'");
      constants_.emplace(std::move(name), &value);
    }
  }
  std::size_t place = 0;
  for (std::size_t i = 0; i < inputs; ++i) {
    if (i < call.input_names.size() && !call.input_names[i].empty()) {
      bind(call.input_names[i], i);
      continue;
    }
    if (first == First::list) {
      bind(parameters_[0], i);
      continue;
    }
    while (place < parameters_.size() && taken[place]) ++place;
    if (place == parameters_.size())
      layer.refuse("call() takes ", parameters_.size(), " arguments. Received: ", inputs);
    bind(parameters_[place++], i);
  }
  for (const auto& [name, found] : inputs_) {
    const bool is_list = name == "mask" || (first == First::list && name == parameters_[0]);
    if (found.size() > 1 && !is_list)
      layer.refuse("call() got multiple values for argument '", name, "'");
  }
}

void CallArguments::bind(std::string_view name, std::size_t input) {
  if (std::ranges::find(parameters_, name) == parameters_.end())
    layer_->refuse("call() got an unexpected keyword argument '", name, "'");
  inputs_[std::string(name)].push_back(input);
}

const std::vector<std::size_t>& CallArguments::inputs(std::string_view name) const {
  static const std::vector<std::size_t> none;
  const auto found = inputs_.find(name);
  return found == inputs_.end() ? none : found->second;
}

std::optional<std::size_t> CallArguments::input(std::string_view name) const {
  const auto& found = inputs(name);
  return found.empty() ? std::nullopt : std::optional(found[0]);
}

bool CallArguments::flag(std::string_view name) const {
  const auto found = constants_.find(name);
  if (found == constants_.end() || found->second->is_null()) return false;
  const Json& value = *found->second;
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<int>() != 0;
  layer_->refuse("call() takes a boolean for argument `", name, "`. Received: ", name, "=",
                 value.dump());
}

}  // namespace keratin::inline KERATIN_VARIANT
