#include "activity_regularization.hpp"

#include "../../framework/fields_impl.hpp"
#include "../../framework/regularizers/l1_l2.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

LayerOptions with_penalty(LayerOptions common, const ActivityRegularizationOptions& options) {
  common.activity_regularizer = regularizers::L1L2({.l1 = options.l1, .l2 = options.l2});
  return common;
}

}  // namespace

void ActivityRegularizationOptions::describe(Fields& fields) { fields("l1", l1)("l2", l2); }

ActivityRegularizationLayer::ActivityRegularizationLayer(Options options, LayerOptions common)
    : OptionsLayer(options, with_penalty(std::move(common), options)) {}

void ActivityRegularizationLayer::write_config(Json& config) const {
  OptionsLayer::write_config(config);
  // The options say it already.
  config.erase("activity_regularizer");
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
