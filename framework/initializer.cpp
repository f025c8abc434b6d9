#include "initializer.hpp"

#include "spec_impl.hpp"

namespace keratin::inline KERATIN_VARIANT {

template class Spec<Initializer>;

}  // namespace keratin::inline KERATIN_VARIANT
