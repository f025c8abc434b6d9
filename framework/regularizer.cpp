#include "regularizer.hpp"

#include "spec_impl.hpp"

namespace keratin::inline KERATIN_VARIANT {

template class Spec<Regularizer>;

}  // namespace keratin::inline KERATIN_VARIANT
