#include "callback.hpp"

#include <algorithm>

#include "../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT {

const double* find_log(const Logs& logs, const std::string& name) {
  const auto found = std::ranges::find(logs, name, &Logs::value_type::first);
  return found == logs.end() ? nullptr : &found->second;
}

double log_value(const Logs& logs, const std::string& name) {
  if (const double* value = find_log(logs, name)) return *value;
  throw ValueError(concat("There is no '", name, "' among the logs."));
}

void set_log(Logs& logs, const std::string& name, double value) {
  const auto found = std::ranges::find(logs, name, &Logs::value_type::first);
  if (found == logs.end()) {
    logs.emplace_back(name, value);
  } else {
    found->second = value;
  }
}

}  // namespace keratin::inline KERATIN_VARIANT
