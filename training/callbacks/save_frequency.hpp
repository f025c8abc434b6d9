#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace keratin::inline KERATIN_VARIANT::callbacks {

/// When a callback saves: "epoch", at the end of each, or after so many batches.
class SaveFrequency {
 public:
  /// Throws ValueError for other words.
  SaveFrequency(const char* word) : SaveFrequency(std::string(word)) {}
  SaveFrequency(const std::string& word);
  /// Throws ValueError unless positive.
  SaveFrequency(int batches);

  bool is_epoch() const { return !batches_; }
  /// Counts a batch; whether it is time.
  bool is_due(std::size_t batch);

 private:
  std::optional<std::size_t> batches_;
  std::size_t since_saving_ = 0, last_batch_ = 0;
};

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
