#include "save_frequency.hpp"

#include "../../framework/base/error.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

SaveFrequency::SaveFrequency(const std::string& word) {
  if (word != "epoch") {
    throw ValueError(concat("Invalid value for argument `save_freq`. Received: save_freq=", word,
                            ". Expected either 'epoch' or an integer value."));
  }
}

SaveFrequency::SaveFrequency(int batches) {
  if (batches < 1) {
    throw ValueError(concat("Invalid value for argument `save_freq`. Received: save_freq=", batches,
                            ". Expected either 'epoch' or a positive integer value."));
  }
  batches_ = static_cast<std::size_t>(batches);
}

bool SaveFrequency::is_due(std::size_t batch) {
  if (!batches_) return false;
  since_saving_ += batch <= last_batch_ ? batch + 1 : batch - last_batch_;
  last_batch_ = batch;
  if (since_saving_ < *batches_) return false;
  since_saving_ = 0;
  return true;
}

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
