#include "operation.hpp"

namespace keratin::inline KERATIN_VARIANT::prepared {

std::shared_ptr<Operation> Operation::followed_by(const std::shared_ptr<Operation>& /*next*/) {
  return nullptr;
}

}  // namespace keratin::inline KERATIN_VARIANT::prepared
