#include "constraint.hpp"

#include "spec_impl.hpp"

namespace keratin::inline KERATIN_VARIANT {

template class Spec<Constraint>;

}  // namespace keratin::inline KERATIN_VARIANT
