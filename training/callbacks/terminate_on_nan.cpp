#include "terminate_on_nan.hpp"

#include <cmath>

#include "../../framework/base/error.hpp"
#include "messages.hpp"

namespace keratin::inline KERATIN_VARIANT::callbacks {

void TerminateOnNaN::on_train_batch_end(Model&, Progress& progress, std::size_t batch,
                                        const Logs& logs) {
  const double* loss = find_log(logs, "loss");
  if (!loss || std::isfinite(*loss)) return;
  if (options_.raise_error) {
    throw Error(concat("NaN or Inf loss encountered at batch ", batch, ". Loss value: ",
                       python_float(*loss), ". Terminating training immediately."));
  }
  print_message(concat("Batch ", batch, ": Invalid loss, terminating training"));
  progress.stop_training = true;
}

}  // namespace keratin::inline KERATIN_VARIANT::callbacks
