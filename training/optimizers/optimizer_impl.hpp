#pragma once

#include "../../framework/base/parallel.hpp"
#include "../../framework/fields_impl.hpp"
#include "optimizer.hpp"

namespace keratin::inline KERATIN_VARIANT::optimizers {

template <class Body>
void Optimizer::for_each_element(std::size_t count, const Body& body) {
  parallel_for(count, 16384, [&](std::size_t begin, std::size_t end) {
    for (std::size_t k = begin; k < end; ++k) body(k);
  });
}

template <class Derived, class OptionsType>
void WithOptimizerOptions<Derived, OptionsType>::describe(Fields& fields,
                                                          LearningRate& learning_rate,
                                                          Options& options,
                                                          OptimizerOptions& base) {
  fields("name", base.name)("learning_rate", learning_rate);
  base.describe(fields);
  options.describe(fields);
  // Keras 2's, without meaning here.
  fields.ignore("jit_compile").ignore("is_legacy_optimizer");
}

}  // namespace keratin::inline KERATIN_VARIANT::optimizers
