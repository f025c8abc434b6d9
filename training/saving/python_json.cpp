#include "python_json.hpp"

#include <charconv>
#include <cmath>
#include <vector>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

constexpr std::size_t max_depth = 500, max_keys = 65536;

/// repr() of a float: the fewest digits that give it back; an exponent below 1e-4 and from 1e16.
std::string python_float(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  const double magnitude = std::abs(value);
  const bool scientific = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
  char buffer[64];
  const auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr);
  if (!scientific && text.find('.') == text.npos) text += ".0";
  return text;
}

void append_text(std::string& out, const std::string& text) {
  out += Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

void append(std::string& out, const Json& json) {
  if (json.is_object()) {
    out += '{';
    for (auto item = json.begin(); item != json.end(); ++item) {
      if (item != json.begin()) out += ", ";
      append_text(out, item.key());
      out += ": ";
      append(out, item.value());
    }
    out += '}';
  } else if (json.is_array()) {
    out += '[';
    for (auto item = json.begin(); item != json.end(); ++item) {
      if (item != json.begin()) out += ", ";
      append(out, *item);
    }
    out += ']';
  } else if (json.is_number_float()) {
    out += python_float(json.get<double>());
  } else if (json.is_string()) {
    append_text(out, json.get_ref<const std::string&>());
  } else {
    out += json.dump();
  }
}

/// Throws what is wrong with the extent of `text` before anything is built from it.
void check_extent(std::string_view text, const std::string& source) {
  std::vector<std::size_t> commas;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      commas.push_back(c == '{' ? 0 : std::string::npos);
      if (commas.size() > max_depth)
        throw FileError(concat(source, ": JSON nested more than ", max_depth, " deep"));
    } else if ((c == '}' || c == ']') && !commas.empty()) {
      commas.pop_back();
    } else if (c == ',' && !commas.empty() && commas.back() != std::string::npos &&
               ++commas.back() > max_keys) {
      throw FileError(concat(source, ": a JSON object of more than ", max_keys, " keys"));
    }
  }
}

}  // namespace

std::string python_json(const Json& json) {
  std::string out;
  append(out, json);
  return out;
}

Json parse_json(std::string_view text, const std::string& source) {
  check_extent(text, source);
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    throw FileError(concat(source, ": ", error.what()));
  }
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
