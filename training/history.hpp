#pragma once

#include <string>
#include <utility>
#include <vector>

#include "callbacks/callback.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// What fit returns: the logs of each epoch (keras.callbacks.History).
struct History {
  std::vector<std::size_t> epoch = {};
  std::vector<Logs> logs = {};

  /// The values of `name` ("loss", "val_accuracy"), one for each epoch. Throws ValueError where
  /// there is no such name.
  std::vector<double> operator[](const std::string& name) const {
    std::vector<double> values;
    for (const Logs& of_epoch : logs) values.push_back(log_value(of_epoch, name));
    return values;
  }
};

}  // namespace keratin::inline KERATIN_VARIANT
