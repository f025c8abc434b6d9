#include "naming.hpp"

#include <cctype>
#include <map>
#include <mutex>

namespace keratin::inline KERATIN_VARIANT {
namespace {

struct Names {
  std::mutex mutex;
  std::map<std::string, int> counts;
};

Names& names() {
  static Names all;
  return all;
}

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_lower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
std::string split_words(const std::string& name) {
  std::string out;
  std::size_t i = 0;
  while (i < name.size()) {
    if (i + 2 < name.size() && is_upper(name[i + 1]) && is_lower(name[i + 2])) {
      std::size_t end = i + 3;
      while (end < name.size() && is_lower(name[end])) ++end;
      out += name[i];
      out += '_';
      out += name.substr(i + 1, end - i - 1);
      i = end;
    } else {
      out += name[i++];
    }
  }
  return out;
}

/// re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
std::string split_humps(const std::string& name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (i > 0 && is_lower(name[i - 1]) && is_upper(name[i])) out += '_';
    out += name[i];
  }
  return out;
}

}  // namespace

std::string to_snake_case(std::string_view class_name) {
  // Keras exports this class under another name than its own, after which it names objects.
  if (class_name == "GroupQueryAttention") class_name = "GroupedQueryAttention";
  std::string name;
  for (const char c : class_name) {
    if (is_word(c)) name += c;
  }
  name = split_humps(split_words(name));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::string unique_name(std::string_view class_name) {
  const std::string prefix = to_snake_case(class_name);
  Names& all = names();
  const std::lock_guard lock(all.mutex);
  const int number = all.counts[prefix]++;
  return number == 0 ? prefix : prefix + "_" + std::to_string(number);
}

void clear_session() {
  Names& all = names();
  const std::lock_guard lock(all.mutex);
  all.counts.clear();
}

}  // namespace keratin::inline KERATIN_VARIANT
