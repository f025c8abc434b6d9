#include "optimizer.hpp"

#include <nlohmann/json.hpp>

namespace keratin::inline KERATIN_VARIANT {

OptimizerSpec::OptimizerSpec(const std::string& name)
    : optimizer_(Registry<optimizers::Optimizer>::instance().make(name, Json::object())) {}

}  // namespace keratin::inline KERATIN_VARIANT
