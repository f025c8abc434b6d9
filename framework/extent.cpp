#include "extent.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>

#include "base/error.hpp"

namespace keratin::inline KERATIN_VARIANT {
namespace {

std::string lower(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

std::atomic<DataFormat::Value> default_format = DataFormat::channels_last;

}  // namespace

Padding::Padding(const std::string& name) {
  const std::string id = lower(name);
  if (id == "valid") {
    value_ = valid;
  } else if (id == "same") {
    value_ = same;
  } else if (id == "causal") {
    value_ = causal;
  } else {
    throw ValueError(concat("The `padding` argument must be a list/tuple or one of ",
                            "{'valid', 'same', 'causal'}. Received: ", name));
  }
}

const char* Padding::name() const {
  return value_ == valid ? "valid" : value_ == same ? "same" : "causal";
}

DataFormat::DataFormat(const std::string& name) {
  const std::string id = lower(name);
  if (id == "channels_last") {
    value_ = channels_last;
  } else if (id == "channels_first") {
    value_ = channels_first;
  } else {
    throw ValueError(concat("The `data_format` argument must be one of ",
                            "{'channels_first', 'channels_last'}. Received: data_format=", id));
  }
}

const char* DataFormat::name() const {
  return value_ == channels_last ? "channels_last" : "channels_first";
}

DataFormat image_data_format() { return default_format.load(); }
void set_image_data_format(DataFormat format) { default_format = format; }

}  // namespace keratin::inline KERATIN_VARIANT
