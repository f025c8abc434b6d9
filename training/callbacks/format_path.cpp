#include "format_path.hpp"

#include <cstdio>
#include <regex>

#include "../../framework/base/error.hpp"
#include "messages.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {
namespace {

[[noreturn]] void refuse(const std::string& pattern, const std::string& reason) {
  throw ValueError(
      concat("Failed to format this callback filepath: \"", pattern, "\". Reason: ", reason));
}

template <class T>
std::string printed(const std::string& format, T value) {
  const int size = std::snprintf(nullptr, 0, format.c_str(), value);
  std::string text(static_cast<std::size_t>(size) + 1, '\0');
  std::snprintf(text.data(), text.size(), format.c_str(), value);
  text.pop_back();
  return text;
}

/// `spec` is [+][0][width][.precision][type].
std::string formatted(const std::variant<long, double>& value, const std::string& spec,
                      const std::string& pattern) {
  const bool is_integer = std::holds_alternative<long>(value);
  const auto as_double = [&] {
    return is_integer ? static_cast<double>(std::get<long>(value)) : std::get<double>(value);
  };
  if (spec.empty())
    return is_integer ? std::to_string(std::get<long>(value)) : python_float(as_double());
  static const std::regex form("([+]?)(0?)([0-9]{0,3})(\\.[0-9]{1,3})?([deEfFgG%]?)");
  std::smatch match;
  if (!std::regex_match(spec, match, form))
    refuse(pattern, concat("Invalid format specifier '", spec, "'"));
  std::string type = match[5];
  const std::string flags = "%" + match[1].str() + match[2].str() + match[3].str();
  if (is_integer && (type.empty() || type == "d")) {
    if (match[4].matched) refuse(pattern, "Precision not allowed in integer format specifier");
    return printed(flags + "ld", std::get<long>(value));
  }
  if (type == "d") refuse(pattern, "Unknown format code 'd' for object of type 'float'");
  if (type == "%") return printed(flags + match[4].str() + "f%%", 100 * as_double());
  if (type.empty()) type = "g";
  return printed(flags + match[4].str() + type, as_double());
}

}  // namespace

std::string format_path(const std::string& pattern, const PathValues& values) {
  std::string path;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const bool doubled = i + 1 < pattern.size() && pattern[i + 1] == c;
    if (c != '{' && c != '}') {
      path += c;
    } else if (doubled) {
      path += c;
      ++i;
    } else if (c == '}') {
      refuse(pattern, "Single '}' encountered in format string");
    } else {
      const std::size_t end = pattern.find('}', i);
      if (end == pattern.npos) refuse(pattern, "expected '}' before end of string");
      const std::string field = pattern.substr(i + 1, end - i - 1);
      const std::size_t colon = std::min(field.find(':'), field.size());
      const auto value = values.find(field.substr(0, colon));
      if (value == values.end()) refuse(pattern, concat("'", field.substr(0, colon), "'"));
      path +=
          formatted(value->second, colon < field.size() ? field.substr(colon + 1) : "", pattern);
      i = end;
    }
  }
  return path;
}

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
