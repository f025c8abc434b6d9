#include "messages.hpp"

#include <cmath>
#include <iostream>

#include <nlohmann/json.hpp>

#include "../saving/python_json.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

void print_message(const std::string& text) { std::cout << text << '\n' << std::flush; }

void warn(const std::string& text) { std::cerr << text << std::endl; }

std::string python_float(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return saving::python_json(Json(value));
}

std::string names_of(const Logs& logs) {
  std::string names;
  for (const auto& [name, value] : logs) names += (names.empty() ? "" : ",") + name;
  return names;
}

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
